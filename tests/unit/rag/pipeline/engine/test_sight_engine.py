"""The whole program with a tiny image model: real files, real reading, real open_clip."""

from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from builders_clip import save_clip
from builders_pictures import png

from pagelight.services.session.assemble import assemble
from rag.datamodel import Query, QueryImage
from rag.settings import Settings

NAMES = [f"picture-{n}" for n in range(5)]


def draw(folder):
    """Draw pictures of coarse noise, no two alike; and a note in words."""
    random = np.random.default_rng(7)
    folder.mkdir()
    for name in NAMES:
        coarse = random.integers(0, 256, size=(6, 8, 3), dtype=np.uint8)
        (folder / f"{name}.png").write_bytes(png(coarse.repeat(20, axis=0).repeat(20, axis=1)))
    (folder / "note.txt").write_text("The station on the pass was opened in 1904.\n")


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """A folder ingested with a tiny image model, its words too."""
    root = tmp_path_factory.mktemp("sight")
    draw(root / "folder")
    model = save_clip(root / "tiny-clip")
    made = Settings(workspace=root / "workspace", image_model=f"file:{model}", ocr=False)
    with closing(assemble(made)) as parts:
        report = parts.make_ingest().run(root / "folder", on_progress=lambda _: None)
    assert report.notes == ()
    return made


def test_each_picture_is_found_first_by_itself(settings):
    with closing(assemble(settings)) as parts:
        engine = parts.engine
        engine.warm()
        for name in NAMES:
            path = engine.index.root / f"{name}.png"
            asset = engine.index.assets.put_encoded(path.read_bytes())
            query = Query(image=QueryImage(path=str(path), phash=asset.phash))
            assert engine.active.sight.find(query, k=5)[0].chunk.source == f"{name}.png"
            assert engine.search(query, 5)[0].chunk.source == f"{name}.png"
        assert engine.models["images"].startswith("tiny-clip@")


def test_of_each_folder_that_is_gone_a_sentence_is_told_and_words_are_found(settings):
    gone = replace(
        settings, image_model="file:/nowhere/tiny-clip", reranker="file:/nowhere/tiny-pairs"
    )
    with closing(assemble(gone)) as parts:
        parts.engine.warm()
        (*_, answer) = parts.engine.ask(Query(text="When was the station on the pass opened?"))

        assert "1904" in answer.text
        assert sorted(answer.notes) == [
            "There is no model folder /nowhere/tiny-clip. Pictures are found by their words alone.",
            "There is no model folder /nowhere/tiny-pairs. Our own ranker orders what was found.",
        ]
        assert parts.engine.status() == " ".join(answer.notes)

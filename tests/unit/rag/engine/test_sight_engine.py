"""The whole program with a tiny image model: real files, real reading, real open_clip."""

import shutil
import threading
from dataclasses import replace

import numpy as np
import pytest
from builders_clip import save_clip
from builders_models import store_model
from builders_pictures import png

from pagelight.services.session.assemble import assemble
from pagelight.services.session.checkup import check_up
from rag.datamodel import Query, QueryImage
from rag.engine.build import build_switch
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
    assert ingest(made).notes == ()
    return made


def folder_of(settings):
    return settings.workspace.with_name("folder")


def ingest(settings):
    parts = assemble(settings)
    try:
        return parts.make_ingest().run(folder_of(settings), on_progress=lambda _: None)
    finally:
        parts.close()


def look(settings, name):
    """Return the sources that the visual channel finds for a picture of the folder."""
    parts = assemble(settings)
    try:
        parts.engine.warm()
        hits = parts.engine.sight.find(Query(image=picture(parts, name)), k=5)
        return [hit.chunk.source for hit in hits]
    finally:
        parts.close()


def picture(parts, name):
    """Return a picture of the folder as one to ask with; its lettering is not read."""
    path = parts.engine.index.root / f"{name}.png"
    asset = parts.engine.index.assets.put_encoded(path.read_bytes())
    return QueryImage(path=str(path), phash=asset.phash)


def test_each_picture_is_found_first_by_itself(settings):
    parts = assemble(settings)
    try:
        parts.engine.warm()
        for name in NAMES:
            image = picture(parts, name)
            seen = parts.engine.sight.find(Query(image=image), k=5)
            assert seen[0].chunk.source == f"{name}.png"
            assert parts.engine.search(Query(image=image), 5)[0].chunk.source == f"{name}.png"
        assert parts.engine.models["images"].startswith("tiny-clip@")
    finally:
        parts.close()


def test_a_workspace_seen_whole_is_healthy(settings):
    assert check_up(settings, repair=False)["healthy"]


def test_another_model_sees_all_anew(settings, tmp_path):
    workspace = shutil.copytree(settings.workspace, tmp_path / "workspace")
    shutil.copytree(folder_of(settings), tmp_path / "folder")
    model = save_clip(tmp_path / "other-clip", seed=1)
    changed = replace(settings, workspace=workspace, image_model=f"file:{model}")

    (finding,) = check_up(changed, repair=False)["findings"]
    assert finding["count"] == len(NAMES)
    assert check_up(changed, repair=True)["healthy"]
    assert look(changed, NAMES[2])[0] == f"{NAMES[2]}.png"


def test_another_model_takes_over_while_the_program_runs_once_it_has_seen_all(settings, tmp_path):
    first, second = "siglip2-b32", "siglip2-b16"
    models = tmp_path / "models"
    store_model(models, first, save_clip(tmp_path / "first"))
    store_model(models, second, save_clip(tmp_path / "second", seed=1))
    workspace = shutil.copytree(settings.workspace, tmp_path / "workspace")
    (workspace / "models.json").write_text('{"used": {"images": ""}, "coming": {}}')
    free = replace(settings, workspace=workspace, image_model="", models=models)
    parts, told = assemble(free), []
    engine, switch = parts.engine, build_switch(free, parts.engine)

    class Watching:
        def begin(self, _what, total):
            told.append((total, engine.sight.model_id.split("@")[0]))

        def advance(self, _count):
            told.append(("seen", engine.sight.model_id.split("@")[0]))

    try:
        assert switch.use("images", first, stop=threading.Event())
        assert switch.use("images", second, stop=threading.Event(), progress=Watching())
        assert told == [(len(NAMES), first), ("seen", first)]
        found = engine.sight.find(Query(image=picture(parts, NAMES[1])), k=1)
        assert found[0].chunk.source == f"{NAMES[1]}.png"
        assert engine.sight.model_id.startswith(second)
        assert len(list((workspace / "picture-vectors").iterdir())) == 1
    finally:
        parts.close()


def test_of_each_folder_that_is_gone_a_sentence_is_told_and_words_are_found(settings):
    gone = replace(
        settings, image_model="file:/nowhere/tiny-clip", reranker="file:/nowhere/tiny-pairs"
    )
    parts = assemble(gone)
    try:
        parts.engine.warm()
        (*_, answer) = parts.engine.ask(Query(text="When was the station on the pass opened?"))

        assert "1904" in answer.text
        assert sorted(answer.notes) == [
            "There is no model folder /nowhere/tiny-clip. Pictures are found by their words alone.",
            "There is no model folder /nowhere/tiny-pairs. Our own ranker orders what was found.",
        ]
        assert parts.engine.status() == " ".join(answer.notes)
    finally:
        parts.close()

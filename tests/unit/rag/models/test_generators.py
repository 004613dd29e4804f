from pathlib import Path

import numpy as np
import pytest

from rag.datamodel import ImageAsset, PageView, QueryImage
from rag.errors import SettingsError
from rag.models.generators import openvino_path, pixel_loader, told, writer_of
from rag.settings import Settings

ASSET = ImageAsset(
    id="i", path="i.png", media_type="image/png", width_px=9, height_px=9, phash="0" * 16
)


def written_by(generator, **more):
    settings = Settings(generator=generator, **more)
    writer = writer_of(settings, lambda _: np.zeros((9, 9, 3), dtype=np.uint8))
    assert writer is not None
    return told(settings, writer)


def test_a_server_elsewhere_is_told_of():
    _, sentence = written_by("https://api.example.com/v1")

    assert sentence == "A server writes the answers. Your passages are sent to api.example.com."


@pytest.mark.parametrize("generator", ["gpt", "hub:qwen", "file:", "/models/qwen"])
def test_what_is_neither_a_folder_nor_an_address_is_refused(generator):
    with pytest.raises(SettingsError, match="RAG_GENERATOR"):
        written_by(generator)


@pytest.mark.parametrize(("scheme", "kind"), [("openvino", "folder"), ("gguf", "file")])
def test_what_openvino_is_to_run_has_to_be_there(tmp_path, scheme, kind):
    with pytest.raises(SettingsError, match=f"no such {kind}"):
        openvino_path(f"{scheme}:{tmp_path}/none")


def test_pictures_are_found_in_the_index_and_beside_the_question(tmp_path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"encoded")
    load = pixel_loader(
        lambda image: np.full((1, 1, 3), len(image.id), dtype=np.uint8),
        lambda path: np.full((1, 1, 3), len(path.read_bytes()), dtype=np.uint8),
        lambda view: np.full((1, 1, 3), view.page, dtype=np.uint8),
    )

    assert load(ASSET)[0, 0, 0] == 1
    assert load(QueryImage(path=str(Path(photo)), phash="0" * 16))[0, 0, 0] == 7
    assert load(PageView(doc_id="d", page=3))[0, 0, 0] == 3

"""Pictures like the one at hand: the same ones first, then what shows the like."""

from types import SimpleNamespace

import numpy as np
import pytest
from builders_ui import a_chunk

from rag.datamodel import Attachment, Hit, ImageAsset, PageView, Query, QueryImage
from rag.errors import ModelError
from rag.pipeline.engine.attached import LIKE, asks_for_like, near_pictures
from rag.pipeline.engine.build import ModelMaker
from rag.understanding.question.question import understand

GIVEN = Attachment(
    doc_id="d" * 64,
    name="cat.png",
    media_type="image/png",
    image=QueryImage(path="cat.png", phash="0" * 16),
)


def shown(name, score):
    image = ImageAsset(
        id=name * 64,
        path=f"{name}.png",
        media_type="image/png",
        width_px=9,
        height_px=9,
        phash="0" * 16,
    )
    made = a_chunk("Seen: cat 90 %", source=f"{name}.pdf", image=image)
    return Hit(chunk=made, score=score, rank=1, channel="image")


class Stored:
    """An index that finds by the hash what it was given."""

    def __init__(self, *hits):
        self.hits = hits
        self.assets = self

    def search_image(self, _phash, *, k, filters):  # noqa: ARG002 - finds the same for all
        return list(self.hits)

    def read_picture(self, _path):
        return np.zeros((9, 9, 3), dtype=np.uint8)

    def path_of(self, image):
        return image.path


class Near:
    def __init__(self, *hits):
        self.hits = hits

    def near(self, _pixels, *, k, filters):  # noqa: ARG002 - as above
        return list(self.hits)


class Broken:
    def near(self, _pixels, *, k, filters):  # noqa: ARG002 - as above
        raise ModelError("gone")


def answer(index, photographs, text="show pictures like this", **how):
    asked = understand(Query(text=text, **(how or {"attachments": (GIVEN,)})))
    return near_pictures(asked, index, photographs)


def sources(found):
    return [found.citations[figure.citation].chunk.source for figure in found.figures]


@pytest.mark.parametrize(
    "text",
    ["show pictures like this", "Are there photos similar to this one?", "more like this"],
)
def test_pictures_like_this_are_asked_for(text):
    assert asks_for_like(text)


@pytest.mark.parametrize(
    "text", ["what does this picture show?", "a picture of the like button", "who likes it?"]
)
def test_other_questions_are_none_of_these(text):
    assert not asks_for_like(text)
    assert answer(Stored(), Near(), text) is None


def test_the_same_picture_comes_first_then_the_like_each_once():
    found = answer(Stored(shown("a", 1.0), shown("b", 0.5)), Near(shown("c", 0.7), shown("a", 0.6)))
    assert sources(found) == ["a.pdf", "c.pdf"]
    assert found.answered
    assert found.text.startswith(LIKE)


@pytest.mark.parametrize("photographs", [None, Broken()])
def test_without_the_network_the_same_pictures_are_shown(photographs):
    assert sources(answer(Stored(shown("a", 1.0)), photographs)) == ["a.pdf"]


def test_without_a_picture_at_hand_the_question_is_another():
    assert answer(Stored(), Near(), text="show pictures like this", image=None) is None


ASSET = ImageAsset(
    id="i", path="i.png", media_type="image/png", width_px=9, height_px=9, phash="0" * 16
)
PAGE = PageView(doc_id="d", page=3)


def shade(value):
    return np.full((1, 1, 3), value, dtype=np.uint8)


def index_of(*ids, value):
    return SimpleNamespace(
        assets=SimpleNamespace(
            find=lambda image_id: image_id if image_id in ids else None,
            pixels=lambda _: shade(value),
            read_picture=lambda path: shade(len(path.read_bytes())),
        )
    )


def attached(*indexes):
    return SimpleNamespace(
        holding=lambda image_id: next((one for one in indexes if one.assets.find(image_id)), None)
    )


def test_pictures_are_found_in_the_index_and_beside_the_question(tmp_path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"encoded")
    drawer = SimpleNamespace(draw=lambda view: shade(view.page))

    def load(picture, index):
        maker = ModelMaker(index, None, attached(index_of("i", value=2)), drawer)
        return maker.pixels(picture)[0, 0, 0]

    assert load(ASSET, index_of("i", value=1)) == 1
    assert load(ASSET, index_of(value=1)) == 2
    assert load(QueryImage(path=str(photo), phash="0" * 16), index_of(value=1)) == 7
    assert load(PAGE, index_of(value=1)) == 3


def test_where_nothing_draws_a_page_it_can_not_be_had():
    with pytest.raises(OSError, match="nothing draws page 3"):
        ModelMaker(index_of(value=1), None, attached(), None).pixels(PAGE)

"""Pictures like the one at hand: the same ones first, then what shows the like."""

import numpy as np
import pytest
from builders_ui import a_chunk

from rag.answer.question.question import understand
from rag.datamodel import Attachment, Hit, ImageAsset, Query, QueryImage
from rag.engine.near_pictures import LIKE, NearPictures, asks_for_like
from rag.errors import ModelError

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
    return NearPictures(index, photographs).answer(asked)


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

"""What a question that brings attachments is about, and which of them it means."""

import pytest

from rag.attachments.aim import aim_of, asks_what_it_is, chosen, held_share
from rag.datamodel import Attachment


def RARE(_stems):  # noqa: N802 - stands for what the index would tell
    return {}, 100


@pytest.mark.parametrize(
    ("question", "lettering", "aim"),
    [
        ("how much is it?", "", "attachments"),
        ("How full is the upper hut?", "Upper hut full 41%", "attachments"),
        ("How deep was the snow on the Sturmjoch?", "Total 27.54", "documents"),
        ("is this within the limits of our manual?", "27.54", "both"),
        ("which document is this from?", "", "both"),
    ],
)
def test_a_question_is_about_the_place_that_holds_what_it_names(question, lettering, aim):
    assert aim_of(question, held_share(question, lettering, RARE)) == aim


@pytest.mark.parametrize(
    "question",
    ["", "What is this?", "what's this", "Describe this chart.", "What does this chart show?"],
)
def test_a_question_that_says_no_more_than_what_is_this_asks_what_it_is(question):
    assert asks_what_it_is(question)


GIVEN = (
    Attachment(doc_id="a" * 64, name="first.jpg", media_type="image/jpeg"),
    Attachment(doc_id="b" * 64, name="hotel.jpg", media_type="image/jpeg"),
)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("what is the total of the second receipt?", ["hotel.jpg"]),
        ("the last one?", ["hotel.jpg"]),
        ("total of hotel.jpg", ["hotel.jpg"]),
        ("what did both cost?", ["first.jpg", "hotel.jpg"]),
        ("the third?", ["first.jpg", "hotel.jpg"]),
        ("number 0?", ["first.jpg", "hotel.jpg"]),
    ],
)
def test_attachments_are_meant_by_number_or_name(question, names):
    assert [each.name for each in chosen(GIVEN, question)] == names

import pytest

from rag.answer.base.claims import claims_of


def said(text):
    return [(text[claim.start : claim.end], claim.numbers) for claim in claims_of(text)]


def test_each_sentence_is_a_claim_with_its_marks():
    assert said("Snow fell [1]. It was deep [2, 3].") == [
        ("Snow fell", (1,)),
        ("It was deep", (2, 3)),
    ]


def test_a_mark_behind_the_full_stop_belongs_to_the_sentence_before():
    assert said("Snow fell. [1] Rain followed. [2]") == [
        ("Snow fell.", (1,)),
        ("Rain followed.", (2,)),
    ]


def test_a_quotation_of_several_sentences_is_one_claim():
    text = "**317 cm** — “Snow lay deep. Rain fell.” [1]"

    assert said(text) == [("**317 cm** — “Snow lay deep. Rain fell.”", (1,))]


def test_each_line_of_a_list_is_a_claim_without_its_bullet():
    assert said("- Snow fell [1]\n2. Rain followed") == [
        ("Snow fell", (1,)),
        ("Rain followed", ()),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The sources differ:",
        "Yes.",
        "# Snow of 1999",
        "Do you want more?",
        "| --- | --- |",
        "",
    ],
)
def test_what_claims_nothing_is_not_checked(text):
    assert said(text) == []

"""Both sides of a comparison: named by an answer, found in documents of their own."""

from builders_answer import chunk, hit

from rag.answer.passages.sides import apart, names_both
from rag.answer.question.question import understand

ASKED = understand("Who has more staff, Oslo in 2021 or Bergen in 2023?")


def hits(*told):
    """Hits of documents, each a text of one."""
    return [
        hit(chunk(f"{doc}{n}", text, source=doc), rank=n) for n, (doc, text) in enumerate(told, 1)
    ]


def sources(found):
    return [[one.chunk.doc_id for one in side] for side in found]


def test_an_answer_names_both_sides_by_their_names_not_by_their_years():
    assert names_both("Oslo has 12, Bergen 9.", ASKED)
    assert not names_both("Oslo had 12 in 2021 and 13 in 2023.", ASKED)
    assert names_both("Whatever it is.", understand("How much rain fell?"))


def test_each_side_has_what_was_found_of_its_documents():
    found = hits(("a", "Staff of Oslo: 12."), ("b", "Bergen has 9."), ("c", "Trondheim."))

    assert sources(apart(ASKED, found)) == [["a"], ["b"]]


def test_a_document_that_names_the_other_once_is_still_its_side_s():
    found = hits(
        ("a", "Oslo."), ("a", "Oslo has 12."), ("a", "Oslo, and not Bergen."), ("b", "Bergen.")
    )

    assert sources(apart(ASKED, found)) == [["a", "a", "a"], ["b"]]


def test_sides_that_one_document_tells_of_are_not_parted():
    assert apart(ASKED, hits(("a", "Oslo and Bergen."), ("b", "Bergen."))) == []
    assert apart(ASKED, []) == []


def test_sides_without_a_name_are_not_parted():
    months = understand("Which bill was higher, the one from May or the one from June?")

    assert apart(months, hits(("a", "It was May."), ("b", "It was June."))) == []

"""What a model reads off a picture is not marked, as it can't be looked up; all else is."""

from dataclasses import replace

import pytest
from builders_answer import chunk, hit, resolve_marks

from rag.answer.trust.verify import UNSEEN, Verifier
from rag.datamodel import Answer, Context, ImageAsset, Provenance, Query
from rag.protocols import Reading

ASSET = ImageAsset(
    id="i", path="i.png", media_type="image/png", width_px=60, height_px=60, phash="0" * 16
)
PROSE = "Snow lay long on the pass and nobody crossed it. " * 8
TOLD = "The gauge shows 4217"


class SteadyReader:
    """Holds everything equally relevant."""

    def read(self, question, passages, *, contexts):  # noqa: ARG002 - it has no opinion
        return [Reading(relevance=0.5) for _ in passages]


def frequencies(terms):
    return dict.fromkeys(terms, 1), 10


def on_page(made):
    return replace(made, provenances=(Provenance(page=3),))


FIGURE = on_page(replace(chunk("f", "Gauge at the dam", role="figure"), image=ASSET))
SCAN = on_page(replace(chunk("p", PROSE, role="figure"), confidence=0.6))
WORDS = on_page(chunk("p", PROSE, role="figure"))


def checked(context, *, sees=True, found=()):
    text = f"{TOLD} [1]."
    citations, _ = resolve_marks(text, context)
    answer = Answer(
        query=Query(text="Gauge?"), text=text, context=context, citations=citations, hits=found
    )
    told = Verifier(SteadyReader(), frequencies, sees=lambda: sees).check(answer)
    return [text[start:end] for start, end in told.unsupported], told.notes


def page(made):
    return Context(pages=(hit(made, 1),), pictures=(1,))


@pytest.mark.parametrize(
    ("context", "found"),
    [
        (Context(hits=(hit(FIGURE, 1),), pictures=(1,)), ()),
        (Context(hits=(hit(FIGURE, 1),)), ()),
        (page(SCAN), ()),
        (page(replace(WORDS, text="Snow at the dam")), ()),
        (page(WORDS), (hit(replace(FIGURE, doc_id=WORDS.doc_id), 1),)),
    ],
    ids=["figure", "all figures", "scan", "page of few words", "page with a figure"],
)
def test_what_may_have_been_read_off_a_picture_is_left_unmarked_and_says_so(context, found):
    assert checked(context, found=found) == ([], (UNSEEN,))


@pytest.mark.parametrize(
    ("context", "sees"),
    [
        (Context(hits=(hit(FIGURE, 1),), pictures=()), True),
        (Context(hits=(hit(FIGURE, 1),), pictures=(1,)), False),
        (page(WORDS), True),
        (Context(hits=(hit(on_page(chunk("w", PROSE)), 1),)), True),
    ],
    ids=["not shown", "a model without eyes", "page of words", "words"],
)
def test_what_stands_in_no_words_and_was_not_seen_is_marked(context, sees):
    assert checked(context, sees=sees) == ([TOLD], ())


def test_what_stands_in_the_words_of_a_picture_needs_no_remark():
    lettered = Context(hits=(hit(replace(FIGURE, text=TOLD), 1),), pictures=(1,))

    assert checked(lettered) == ([], ())

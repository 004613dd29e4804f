"""What a model that writes is given to read: in which order, how much, and which pictures."""

from dataclasses import replace

import pytest
from builders_answer import chunk, hit

from rag.datamodel import BBox, Context, Provenance, Query
from rag.generation.prompt import build_prompt, with_first
from rag.generation.writers.context_builder import ContextBuilder

WORDS = "bare calm dry eerie fair grey hazy icy keen late mild new".split()


def on_page(name, page, ordinal, *, role="text", doc="report.pdf", image=None, read=None):
    """Return a chunk of ten words of its own on a page."""
    text = " ".join(f"{word}{name}" for word in WORDS[:10])
    made = replace(chunk(name, text, role=role, source=doc), ordinal=ordinal, context="")
    box = BBox(x0=0.1, y0=ordinal / 100, x1=0.9, y1=ordinal / 100 + 0.01)
    where = Provenance(page=page, bbox=box, span=(0, len(text)))
    return replace(made, provenances=(where,), image=image, confidence=read)


def ranked(*chunks):
    return [hit(one, rank) for rank, one in enumerate(chunks, start=1)]


class Pages:
    """All chunks that there are, found by those that stand on the same page."""

    def __init__(self, *chunks):
        self.chunks = chunks

    def of(self, ids):
        places = {one.place for one in self.chunks if one.id in ids}
        return [one for one in self.chunks if one.place in places]


def builder(*chunks, tokens=1000, pictures=0, drawn=("report.pdf",)):
    return ContextBuilder(
        Pages(*chunks).of,
        lambda ids: frozenset(ids) & frozenset(drawn),
        count_tokens=lambda text: len(text.split()),
        tokens=tokens,
        pictures=pictures,
    )


def names(context):
    return [found.chunk.id for found in context.hits]


A, B, C = (on_page(name, 1, n) for n, name in enumerate("abc"))
D, E = on_page("d", 2, 3), on_page("e", 2, 4)


def test_what_stands_around_the_best_hit_is_read_in_the_order_of_its_page():
    hits = ranked(E, B)
    context = builder(A, B, C, D, E).built(hits, Context(hits=tuple(hits)))

    assert names(context) == ["d", "e", "a", "b", "c"]
    assert [found.rank for found in context.hits] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("tokens", "kept"), [(10, ["e"]), (20, ["e", "b"]), (30, ["d", "e", "b"])])
def test_where_room_is_short_hits_come_before_what_stands_around_them(tokens, kept):
    hits = ranked(E, B)
    context = builder(A, B, C, D, E, tokens=tokens).built(hits, Context(hits=tuple(hits)))

    assert names(context) == kept
    assert context.token_count <= tokens


def test_a_page_whose_evidence_is_seen_comes_before_one_whose_words_suffice():
    table = on_page("t", 3, 6, role="table")
    scan = on_page("s", 4, 7, read=0.97)
    hits = ranked(A, D, table, scan)
    context = builder(A, D, table, scan, pictures=3).built(hits, Context(hits=tuple(hits)))

    assert [page.chunk.page for page in context.pages] == [3, 4, 1]


def test_a_mark_that_names_a_page_lights_the_line_that_bears_it_out():
    hits = ranked(B)
    context = builder(A, B, C, pictures=1).built(hits, Context(hits=tuple(hits)))
    page = context.source(4)

    start = page.chunk.text.index("barec")
    (line,) = page.chunk.locate(start, start + 5)
    assert (page.chunk.page, page.chunk.text.count("\n")) == (1, 2)
    assert line.bbox.y0 == C.provenances[0].bbox.y0


def test_a_page_keeps_its_number_where_fewer_sources_fit():
    hits = ranked(E, B)
    context = builder(A, B, C, D, E, pictures=2).built(hits, Context(hits=tuple(hits)))
    prompt = build_prompt(Query(text="q"), context)
    numbers = [page.rank for page in context.pages]

    shorter = with_first(prompt, 1)
    assert numbers == [6, 7]
    assert [shorter.context.source(n).chunk.page for n in numbers] == [2, 1]
    assert shorter.context.source(2) is None

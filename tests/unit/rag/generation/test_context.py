from builders_answer import chunk

from rag.datamodel import Hit
from rag.generation.context import CONTEXT_TOKENS, MAX_PLACES, build_sources
from rag.generation.quotation.units import Unit
from rag.retrieval.evidence.evidence import Evidence


def count(text):
    return len(text.split())


def hit_of(name, text, rank, **options):
    return Hit(chunk=chunk(name, text, **options), score=0.5, rank=rank, channel="reranked")


def unit(hit, text, chance):
    start = hit.chunk.text.index(text)
    evidence = Evidence(hit=hit, start=start, end=start + len(text))
    return Unit(evidence=evidence, shown=text, chance=chance)


def test_a_long_place_is_cut_to_what_stands_around_its_evidence():
    sentences = [f"Sentence {n} says {' '.join(['word'] * 40)} {n}." for n in range(20)]
    hit = hit_of("a", " ".join(sentences), 1)
    units = [unit(hit, s, 0.9 if n == 12 else 0.01) for n, s in enumerate(sentences)]
    (source,) = build_sources([hit], units, count_tokens=count)
    assert "Sentence 12" in source.text
    assert "Sentence 0 " not in source.text
    assert count(source.text) <= CONTEXT_TOKENS // 2


def test_of_a_long_table_the_header_and_the_likeliest_rows_are_read_in_order():
    rows = [f"town {n} | {n}{' x' * 30}" for n in range(40)]
    hit = hit_of("t", "\n".join(["Name | Number", *rows]), 1, role="table")
    units = [unit(hit, row, 0.5 if n in {7, 31} else 0.001) for n, row in enumerate(rows)]
    (source,) = build_sources([hit], units, count_tokens=count)
    lines = source.text.split("\n")
    assert lines[0] == "Name | Number"
    assert lines.index(rows[7]) < lines.index(rows[31])


def test_few_places_are_read_and_the_same_text_once():
    told = [f"It has a {thing}." for thing in ("hut", "hut", "roof", "door", "wall", "lamp")]
    hits = [hit_of(str(n), text, n + 1) for n, text in enumerate(told)]
    sources = build_sources(hits, [], count_tokens=count)
    assert [s.text for s in sources] == [told[0], *told[2 : MAX_PLACES + 1]]


def test_the_first_hit_is_read_whatever_else_is_likelier():
    hits = [hit_of(str(n), f"It has {n} doors.", n) for n in range(1, 8)]
    units = [unit(hit, hit.chunk.text, 0.01 if hit.rank == 1 else 0.9) for hit in hits]
    sources = build_sources(hits, units, count_tokens=count)
    assert len(sources) == MAX_PLACES
    assert hits[0] in [source.hit for source in sources]


def test_works_that_are_cited_are_read_after_what_tells():
    works = "A. Rood, J. Bauer, M. Berg, and T. Wieland, Rime on masts, 1998"
    hits = [hit_of(str(n), works if n == 1 else f"It has {n} doors.", n) for n in range(1, 8)]
    units = [unit(hit, hit.chunk.text, 0.1) for hit in hits]
    sources = build_sources(hits, units, count_tokens=count)
    assert hits[0] not in [source.hit for source in sources]


def test_a_place_with_likely_evidence_comes_before_a_higher_one_without():
    low, high = hit_of("a", "Nothing of it.", 1), hit_of("b", "Thus it was.", 2)
    sources = build_sources([low, high], [unit(high, "Thus it was.", 0.9)], count_tokens=count)
    assert sources[0].hit is high

from hypothesis import given
from hypothesis import strategies as st

from ingest.layout.layout import Line, reading_order
from ingest.layout.paragraphs import blocks, join_lines
from rag.datamodel import BBox

places = st.floats(0, 0.99, allow_nan=False)


@st.composite
def lines(draw):
    x0, y0 = draw(places), draw(places)
    box = BBox.clamped(x0, y0, x0 + draw(st.floats(0.005, 0.6)), y0 + draw(st.floats(0.005, 0.1)))
    text = draw(st.text(alphabet="abcA1.- \u00ad•é", max_size=30))
    size = draw(st.sampled_from([0.0, 8.0, 10.0, 14.0]))
    return Line(text=text, bbox=box, size_pt=size, bold=draw(st.booleans()))


pages = st.lists(lines(), max_size=40)


def key(line):
    return repr(line)


@given(pages)
def test_reading_order_is_a_permutation(page):
    assert sorted(reading_order(page), key=key) == sorted(page, key=key)


@given(pages, st.randoms())
def test_reading_order_does_not_depend_on_the_order_that_lines_come_in(page, random):
    shuffled = random.sample(page, len(page))

    assert reading_order(shuffled) == reading_order(page)


@given(pages)
def test_blocks_hold_every_line_with_words_once(page):
    held = [line for block in blocks(page) for line in block]

    assert sorted(held, key=key) == sorted((x for x in page if x.text.strip()), key=key)


@given(pages)
def test_each_span_points_at_its_lines_very_words(page):
    text, provenances = join_lines(page, page=3)
    worded = [line for line in page if line.text.strip()]

    assert len(provenances) == len(worded)
    for line, provenance in zip(worded, provenances, strict=True):
        start, end = provenance.span
        words = line.text.strip()
        assert text[start:end] in {words, words[:-1]}
        assert provenance.bbox == line.bbox
        assert provenance.page == 3


@given(pages)
def test_spans_follow_one_another_and_leave_only_spaces_between(page):
    text, provenances = join_lines(page, page=1)
    ends = [0, *(p.span[1] for p in provenances)]
    starts = [*(p.span[0] for p in provenances), len(text)]

    assert all(text[end:start].strip(" ") == "" for end, start in zip(ends, starts, strict=True))

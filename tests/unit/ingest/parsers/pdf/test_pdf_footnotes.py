"""Footnotes of columns are read after the page's text."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.layout.layout import Line
from ingest.parsers.pdf.footnotes import footnotes_last
from rag.datamodel import BBox


def line(text, x, y, size):
    box = BBox(x0=x, y0=y, x1=x + 0.4, y1=y + 0.01)
    return Line(text=text, bbox=box, size_pt=size)


def column(letter, x, *notes):
    words = [line(f"{letter}{n} goes on", x, 0.1 + 0.02 * n, 10) for n in range(6)]
    return words + [line(note, x, 0.8 + 0.02 * n, 8) for n, note in enumerate(notes)]


def texts(columns):
    return [line.text for line in footnotes_last(columns)]


def test_the_notes_of_the_left_column_follow_the_right_one():
    columns = [column("a", 0.05, "1 See the log.", "and the diary.", "2Ibid."), column("b", 0.55)]

    assert texts(columns)[5:7] == ["a5 goes on", "b0 goes on"]
    assert texts(columns)[-3:] == ["1 See the log.", "and the diary.", "2Ibid."]


@given(
    st.lists(
        st.lists(
            st.builds(
                line,
                st.sampled_from(["1 See it.", "Words", "† a", "12"]),
                st.sampled_from([0.05, 0.55]),
                st.floats(0, 0.95),
                st.sampled_from([0.0, 8.0, 10.0]),
            ),
            max_size=5,
        ),
        max_size=4,
    )
)
def test_no_line_is_lost_and_columns_keep_their_order(columns):
    ordered = footnotes_last(columns)

    assert sorted(map(id, ordered)) == sorted(id(line) for column in columns for line in column)
    for column_lines in columns:
        places = [next(n for n, o in enumerate(ordered) if o is line) for line in column_lines]
        assert places == sorted(places)

"""Question and passage as tokens, and long passages in windows."""

from hypothesis import given
from hypothesis import strategies as st

from rag.models.reader.inputs import (
    place_ranges,
)


@given(
    length=st.integers(0, 900),
    header=st.integers(0, 60),
    size=st.integers(20, 300),
    data=st.data(),
)
def test_windows_hold_every_token_and_never_too_many(length, header, size, data):
    overlap = data.draw(st.integers(0, size // 2))

    ranges = place_ranges(length, min(header, length), size=size, overlap=overlap)

    assert {place for places in ranges for place in places} == set(range(length))
    assert all(len(places) <= size for places in ranges)
    assert all(places == sorted(set(places)) for places in ranges)


def test_a_table_header_stands_in_every_window():
    ranges = place_ranges(12, 2, size=6, overlap=1)

    assert ranges == [[0, 1, 2, 3, 4, 5], [0, 1, 5, 6, 7, 8], [0, 1, 8, 9, 10, 11]]

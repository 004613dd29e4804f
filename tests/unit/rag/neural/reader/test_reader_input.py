"""Question and passage as tokens, and long passages in windows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.neural.base.weights import MINILM
from rag.neural.reader.inputs import (
    header_end,
    header_length,
    load_tokenizer,
    make_window,
    place_ranges,
    room,
)


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer(MINILM.locate() / "tokenizer.json")


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


def test_a_short_passage_is_one_window():
    assert place_ranges(5, 2, size=10, overlap=3) == [[0, 1, 2, 3, 4]]


def test_a_table_header_stands_in_every_window():
    ranges = place_ranges(12, 2, size=6, overlap=1)

    assert ranges == [[0, 1, 2, 3, 4, 5], [0, 1, 5, 6, 7, 8], [0, 1, 8, 9, 10, 11]]


def test_a_header_is_the_first_line_with_cells():
    table = "Sales by year\nYear | Sales\n2019 | 7\n"

    assert table[: header_end(table)] == "Sales by year\nYear | Sales\n"
    assert header_end("No table\nhere") == 0


def test_a_header_too_long_to_repeat_is_not_repeated(tokenizer):
    table = " | ".join(["column"] * 80) + "\n1 | 2"

    assert header_length(table, tokenizer.encode(table, add_special_tokens=False)) == 0


def test_an_input_knows_which_positions_are_of_the_passage():
    window = make_window([7, 8], [9], [20, 21, 22], [1, 2])

    assert window.ids == [101, 7, 8, 102, 9, 21, 22, 102]
    assert window.types == [0, 0, 0, 0, 1, 1, 1, 1]
    assert window.places == [-1, -1, -1, -1, -1, 1, 2, -1]


def test_room_is_what_question_and_context_leave():
    question, context = [5] * 100, [6] * 10

    size = room(question, context, max_tokens=200)

    assert len(make_window(question, context, [7] * 300, range(size)).ids) == 200

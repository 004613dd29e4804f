"""Accents that are drawn apart from their letters: one sign with what they stand on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parsers.pdf.letters.odd_letters import composed

WIDTH, HIGH = 5.0, 9.0


def drawn(text, places):
    """Return the boxes of letters that stand so many letters from the left."""
    lefts = np.array(places, dtype=float) * WIDTH
    zero = np.zeros(len(text))
    return np.stack([lefts, zero, lefts + WIDTH, zero + HIGH], axis=1)


def read(text, places):
    """Return the text with its accents in their letters, and nothing in their own places."""
    return composed(text, drawn(text, places))[0].replace("\u200b", "")


@pytest.mark.parametrize(
    ("text", "places", "expected"),
    [
        ("sch¨aft", [0, 1, 2, 3, 3, 4, 5], "schäft"),  # before its letter
        ("a¨b", [0, 0, 1], "äb"),  # after it
        ("Gr¨ un", [0, 1, 2, 3, 2, 3], "Grün"),  # with its way back as a space
        ("fur ¨ ab", [0, 1, 2, 3, 1, 4, 5, 6], "für   ab"),  # at the line's end
        ("und ¨ uber", [0, 1, 2, 3, 4, 4, 4, 5, 6, 7], "und   über"),  # a space that is one
        ("na¨\u0131ve", [0, 1, 2, 2, 3, 4], "naïve"),
        ("¸ca`a", [0, 0, 1, 2, 2], "çaà"),
    ],
)
def test_an_accent_is_one_sign_with_the_letter_that_it_stands_on(text, places, expected):
    found = read(text, places)

    assert found.split() == expected.split()


@given(st.text(alphabet="au ¨´`\u200b3", max_size=12), st.data())
def test_no_letter_is_added_or_left_out(text, data):
    places = [data.draw(st.integers(0, 6)) for _ in text]
    boxes = drawn(text, places)

    found, moved = composed(text, boxes)

    assert len(found) == len(text)
    assert moved.shape == boxes.shape

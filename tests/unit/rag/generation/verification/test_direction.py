"""A sentence's numbers rise or fall as its words say."""

import pytest

from rag.generation.verification.direction import contradicts_itself


@pytest.mark.parametrize(
    "said",
    [
        "Deaths have declined from 31.4 in 1975 to 33.1 in 2010.",
        "The **profit** was 7,262 million euros, down from 6,619 million euros.",
        "A litre has increased from RM 2450 to RM 86.00.",
        "Sales rose from $5.1 billion to **$900 million**.",
        "Der Absatz stieg von 5,2 Millionen auf 4,1 Millionen.",
    ],
)
def test_numbers_that_go_the_other_way(said: str) -> None:
    assert contradicts_itself(said)


@pytest.mark.parametrize(
    "said",
    [
        "Deaths have risen from 31.4 in 1975 to 33.1 in 2010.",
        "The profit was 7,262 million euros, up from 6,619 million euros.",
        "Sales fell by 9%, down from 51 million.",
        "Sales fell from 2012 to 2018.",
        "Trust went up from May 2018 to January 2019.",
        "They moved from 12 Elm Street to 9 Oak Street.",
        "Sales rose from $900 million to **$5.1 billion**.",
        "Sales fell.",
    ],
)
def test_numbers_that_go_with_it_or_tell_nothing(said: str) -> None:
    assert not contradicts_itself(said)

import pytest

from rag.text import content_stems, sentence_spans, words


def sentences(text):
    return [text[start:end] for start, end in sentence_spans(text)]


def test_a_full_stop_after_an_abbreviation_or_initial_ends_no_sentence():
    text = "Dr. J. Smith left the U.S. in Jan. 2020. It rose 3.5%! See Fig. 3."

    assert sentences(text) == [
        "Dr. J. Smith left the U.S. in Jan. 2020.",
        "It rose 3.5%!",
        "See Fig. 3.",
    ]


def test_a_full_stop_in_brackets_ends_no_sentence_that_goes_on():
    assert sentences("It has 564 in the United States (U.S.) and 105 in Canada.") == [
        "It has 564 in the United States (U.S.) and 105 in Canada."
    ]


def test_a_line_break_ends_a_sentence():
    assert sentences("one\n\n  two ") == ["one", "two"]


def test_numbers_and_accents_are_folded_to_one_spelling():
    assert words("Café’s 1,419.50 and 2.1") == ["cafe", "1419.50", "and", "2.1"]


def test_may_is_a_month_where_it_is_written_so():
    assert content_stems("How much rain fell in May 2025?") == ["rain", "fell", "may", "2025"]
    assert content_stems("May I see the rain?") == ["see", "rain"]
    assert content_stems("It may rain.") == ["rain"]


def test_stop_words_carry_no_content():
    assert content_stems("How many warehouses did Costco operate?") == [
        "warehous",
        "costco",
        "oper",
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Das Haus steht seit dem 3. Mai 1931 offen. Es ist alt.", 2),
        ("Am 12. August 2020 lag Schnee.", 1),
        ("The rain is in Table 3. May was dry.", 2),
        ("The rain is in Table 3. August was dry.", 2),
    ],
)
def test_a_german_day_ends_no_sentence(text, count):
    assert len(sentence_spans(text)) == count

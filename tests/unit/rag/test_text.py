from rag.text import content_stems, sentence_spans, without_struck


def sentences(text):
    return [text[start:end] for start, end in sentence_spans(text)]


def test_a_full_stop_after_an_abbreviation_or_initial_ends_no_sentence():
    text = "Dr. J. Smith left the U.S. in Jan. 2020. It rose 3.5%! See Fig. 3."
    assert sentences("It cost Rs. 52.47 crore. It fell.") == [
        "It cost Rs. 52.47 crore.",
        "It fell.",
    ]

    assert sentences(text) == [
        "Dr. J. Smith left the U.S. in Jan. 2020.",
        "It rose 3.5%!",
        "See Fig. 3.",
    ]


def test_may_is_a_month_where_it_is_written_so():
    assert content_stems("How much rain fell in May 2025?") == ["rain", "fell", "may", "2025"]
    assert content_stems("May I see the rain?") == ["see", "rain"]
    assert content_stems("It may rain.") == ["rain"]


def test_sentences_end_as_their_language_writes_it():
    hindi = "यह एक घर है। वह पुराना है।"
    assert sentences(hindi) == ["यह एक घर है।", "वह पुराना है।"]
    assert sentences("متى بني البيت؟ بني عام 1931.") == ["متى بني البيت؟", "بني عام 1931."]


def test_a_struck_sentence_ends_with_its_mark():
    text = "~~The fee is 5.~~ It is 7."

    assert [text[a:b] for a, b in sentence_spans(text)] == ["~~The fee is 5.~~", "It is 7."]
    assert without_struck(text).strip() == "It is 7."

import pytest

from rag.generation.draft import Sentence, plain_marks, sentences_of, with_plain_marks


def test_marks_belong_to_their_sentence_before_or_behind_its_full_stop():
    first, second = sentences_of("Snow fell [1]. It melted in May.[2][3]")
    assert (first.text, first.numbers) == ("Snow fell.", (1,))
    assert (second.text, second.numbers) == ("It melted in May.", (2, 3))


def test_marks_may_be_a_list_of_their_own():
    (only,) = sentences_of("It hurts members [1], [2], and [3].")
    assert (only.text, only.numbers) == ("It hurts members.", (1, 2, 3))


def test_bold_that_goes_on_beyond_its_sentence_is_none():
    first, second = sentences_of("It **snowed. Deep** snow was **587 cm**.")
    assert (first.text, second.text) == ("It snowed.", "Deep snow was 587 cm.")


def test_what_opens_and_closes_code_is_no_sentence():
    said = sentences_of("Run this:\n\n```python\nimport layout [1]\n```")
    assert [sentence.text for sentence in said] == ["Run this:", "import layout"]


def test_a_sentence_has_one_end():
    for said, told in (
        ("Make sure to come! [1].", "Make sure to come [1]!"),
        ("Turn it on again.. [1]", "Turn it on again [1]."),
        ("It says **come again!**. [1]", "It says **come again!** [1]"),
        ("And so on... [1]", "And so on.. [1]."),
    ):
        assert [one.marked() for one in sentences_of(said)] == [told]


def test_a_sentence_is_told_with_its_marks_before_its_end():
    assert Sentence(text="It **snowed**.", numbers=(2,)).marked() == "It **snowed** [2]."


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[1]", "[1]"),
        ("[1,2]", "[1, 2]"),
        ("[1; 2]", "[1, 2]"),
        ("[1–3, 5]", "[1, 2, 3, 5]"),
        ("【1】", "[1]"),
        ("【2†L3-L5】", "[2]"),
        ("[[1]]", "[1]"),
        ("[Source: 1]", "[1]"),
        ("[source 1, source 2]", "[1, 2]"),
        ("[Quellen 1 und 2]", "[1, 2]"),
        ("[Fonte 2]", "[2]"),
        ("[Source 0]", "[0]"),
    ],
)
def test_a_mark_in_another_form_is_read_as_ours(written, read):
    assert with_plain_marks(f"Deep {written}.") == f"Deep {read}."


@pytest.mark.parametrize(
    "text", ["[2019-2021]", "[1-300]", "[3-1]", "[Table 3]", "[page 4]", "[3 m]", "[x]", "[]", "1]"]
)
def test_other_brackets_stay(text):
    assert with_plain_marks(text) == text


def test_words_do_not_wait_and_an_open_bracket_does():
    assert list(plain_marks(["Deep ", "[sou", "rce 1", "], white [2", "]."])) == [
        "Deep ",
        "[1], white ",
        "[2].",
    ]


def test_what_waits_when_the_pieces_fail_comes_before_the_failure():
    def failing():
        yield "Deep [1"
        raise OSError("gone")

    pieces = plain_marks(failing())

    assert [next(pieces), next(pieces)] == ["Deep ", "[1"]
    with pytest.raises(OSError, match="gone"):
        next(pieces)

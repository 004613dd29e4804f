from rag.generation.draft import Sentence, sentences_of


def test_marks_belong_to_their_sentence_before_or_behind_its_full_stop():
    first, second = sentences_of("Snow fell [1]. It melted in May.[2][3]")
    assert (first.text, first.numbers) == ("Snow fell.", (1,))
    assert (second.text, second.numbers) == ("It melted in May.", (2, 3))


def test_marks_may_be_a_list_of_their_own():
    (only,) = sentences_of("It hurts members [1], [2], and [3].")
    assert (only.text, only.numbers) == ("It hurts members.", (1, 2, 3))


def test_a_sentence_is_told_with_its_marks_before_its_end():
    assert Sentence(text="It **snowed**.", numbers=(2,)).marked() == "It **snowed** [2]."

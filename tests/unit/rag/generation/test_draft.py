from rag.generation.draft import Sentence, joined, sentences_of


def test_marks_belong_to_their_sentence_before_or_behind_its_full_stop():
    first, second = sentences_of("Snow fell [1]. It melted in May.[2][3]")
    assert (first.text, first.numbers) == ("Snow fell.", (1,))
    assert (second.text, second.numbers) == ("It melted in May.", (2, 3))


def test_marks_may_be_a_list_of_their_own():
    (only,) = sentences_of("It hurts members [1], [2], and [3].")
    assert (only.text, only.numbers) == ("It hurts members.", (1, 2, 3))


def test_points_of_a_list_stay_points():
    told = joined(sentences_of("You need:\n- a jacket [1]\n- boots [2]"))
    assert told == "You need:\n- a jacket [1]\n- boots [2]"


def test_a_sentence_is_told_with_its_marks_before_its_end():
    assert Sentence(text="It **snowed**.", numbers=(2,)).marked() == "It **snowed** [2]."


def test_nothing_is_no_sentence():
    assert sentences_of(" \n** . **\n") == ()


def test_the_number_of_a_step_is_no_sentence():
    found = sentences_of("Unplug it [1]. 2. Empty the tray [1]. 3. **12** [2].")
    assert [one.text for one in found] == ["Unplug it.", "Empty the tray.", "**12**."]

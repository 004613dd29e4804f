import pytest

from rag.generation.agreement import agreed
from rag.generation.draft import Draft, Sentence


def draft(*texts):
    return Draft(sentences=tuple(Sentence(text=text) for text in texts))


SEVEN = draft("Seven people work there.")
TWELVE = draft("Twelve boats were sold.")
NOTHING = Draft(refused=True)


@pytest.mark.parametrize(
    ("drafts", "place", "agreement"),
    [
        ([TWELVE, SEVEN, SEVEN], 1, 0.5),
        ([SEVEN, TWELVE, SEVEN], 0, 0.5),
        ([SEVEN, TWELVE, NOTHING], 0, 0.0),
        ([SEVEN, NOTHING, NOTHING], 1, 0.5),
        ([SEVEN, SEVEN, SEVEN], 0, 1.0),
    ],
)
def test_the_draft_that_others_repeat_is_chosen_and_tells_how_much(drafts, place, agreement):
    chosen, index = agreed(drafts)
    assert index == place
    assert chosen.sentences == drafts[place].sentences
    assert chosen.agreement == pytest.approx(agreement)


def test_of_one_draft_nothing_is_told():
    assert agreed([SEVEN]) == (SEVEN, 0)


def test_other_forms_of_the_same_words_agree():
    chosen, _ = agreed([SEVEN, draft("Seven persons are working there."), TWELVE])
    assert chosen.sentences == SEVEN.sentences

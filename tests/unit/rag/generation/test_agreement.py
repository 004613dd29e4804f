import pytest

from rag.generation.draft import Draft, Sentence
from rag.generation.writers.answer_writer import agreed


def draft(*texts):
    return Draft(sentences=tuple(Sentence(text=text) for text in texts))


def best_of(*drafts):
    return agreed(drafts, [" ".join(one.text for one in draft.sentences) for draft in drafts])


SEVEN = draft("Seven people work there.")
TWELVE = draft("Twelve boats were sold.")
NOTHING = Draft(refused=True)


@pytest.mark.parametrize(
    ("drafts", "best", "agreement", "refusals"),
    [
        ([TWELVE, SEVEN, SEVEN], SEVEN, 0.5, 0),
        ([SEVEN, TWELVE, SEVEN], SEVEN, 0.5, 0),
        ([SEVEN, TWELVE, NOTHING], SEVEN, 0.0, 1 / 3),
        ([SEVEN, NOTHING, NOTHING], NOTHING, 0.5, 2 / 3),
        ([SEVEN, SEVEN, SEVEN], SEVEN, 1.0, 0),
    ],
)
def test_the_draft_that_others_repeat_is_chosen_and_tells_how_much(
    drafts, best, agreement, refusals
):
    chosen = best_of(*drafts)
    assert (chosen.sentences, chosen.refused) == (best.sentences, best.refused)
    assert chosen.agreement == pytest.approx(agreement)
    assert chosen.refusals == pytest.approx(refusals)
    assert len(chosen.others) == len(drafts) - 1


@pytest.mark.parametrize(("refusals", "best"), [(0.1, SEVEN), (0.9, NOTHING)])
def test_the_chance_of_a_refusal_counts_more_than_how_many_there_are(refusals, best):
    drafts = [NOTHING, SEVEN, NOTHING]
    chosen = agreed(drafts, ["[0]", "Seven people work there.", "[0]"], refusals)
    assert (chosen.sentences, chosen.refused) == (best.sentences, best.refused)
    assert chosen.refusals == refusals


def test_of_one_draft_nothing_is_told():
    assert best_of(SEVEN) == SEVEN


def test_other_forms_of_the_same_words_agree_and_come_before_others():
    chosen = best_of(SEVEN, TWELVE, draft("Seven persons are working there."))
    assert chosen.sentences == SEVEN.sentences
    assert [len(one.sentences) for one in chosen.others] == [1, 1]
    assert chosen.others[-1].sentences == TWELVE.sentences


def test_what_most_drafts_say_is_common():
    chosen = best_of(SEVEN, TWELVE, draft("Seven people."))
    assert chosen.common == {"seven", "peopl"}


def test_what_is_cut_off_counts_as_far_as_it_is_written():
    texts = ["Seven people work there [1].", "Twelve boats", "Seven people work at"]
    chosen = agreed([SEVEN, Draft(), Draft()], texts)
    assert chosen.sentences == SEVEN.sentences
    assert chosen.agreement == pytest.approx(0.5)

"""Whatever is typed, a question comes out, soon, and only words that were said are searched."""

from hypothesis import example, given
from hypothesis import strategies as st

from rag.datamodel import Turn
from rag.text import words
from rag.understanding.followup.conversation import standalone

PHRASES = st.sampled_from(
    "And|What about|Kestrel Ridge|Ada Venn|the snow|in 1999|1999|it|its|that|there|ones|she|her|"
    "How many|did|is|the year before|no wait|sorry|uh|of|?|,|.|why|crypto-aes|5%|Sturmjoch's".split(
        "|"
    )
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(PHRASES, max_size=12).map(" ".join))
TURNS = st.lists(st.builds(Turn, question=TEXTS, answer=TEXTS), max_size=6)


@given(question=TEXTS, turns=TURNS)
def test_every_question_comes_out_as_some_question(question, turns):
    found = standalone(question, turns)

    assert bool(found.text.strip()) == bool(question.strip())
    assert len(found.text.split()) <= max(60, len(question.split()))


@given(question=TEXTS, turns=TURNS)
@example(
    question="it",
    turns=[Turn(question="A\x1b", answer="A\x1b"), Turn(question="ITS", answer="A\x1b")],
)
@example(question="i", turns=[Turn(question="a¼", answer="")])  # one word, then two
def test_only_words_that_were_said_are_searched(question, turns):
    said = {word for turn in turns for word in words(f"{turn.question} {turn.answer}")}
    said.update(words(" ".join(said)))

    assert set(words(standalone(question, turns).topic)) <= said | {
        word for word in words(standalone(question, turns).topic) if word.isdigit()
    }

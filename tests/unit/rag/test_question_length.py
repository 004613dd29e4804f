"""How long a question and what was said before may be: what is longer is refused, or not read."""

import pytest
from builders_meaning import engine_over, opened

from rag.datamodel import Query, Turn
from rag.errors import PagelightError
from rag.models.embedders import minilm
from rag.models.reader.reader import Reader
from rag.question_length import MAX_CHARACTERS, MAX_SAID, MAX_TURNS, latest
from rag.understanding.followup.conversation import standalone


@pytest.fixture
def engine(tmp_path):
    with opened(tmp_path / "ws") as index:
        yield engine_over(index, minilm(), Reader())


@pytest.mark.parametrize(
    "ask",
    [lambda engine, query: list(engine.ask(query)), lambda engine, query: engine.search(query, 3)],
    ids=["ask", "search"],
)
def test_a_question_that_is_too_long_is_refused_with_what_to_do(engine, ask):
    with pytest.raises(PagelightError, match=r"2,001 characters; at most 2,000.*fewer words"):
        ask(engine, Query(text="x" * (MAX_CHARACTERS + 1)))


class Unread:
    """A turn that nobody may look at."""


def turn(n, *, letters=1):
    return Turn(question=f"How deep was the snow of {n}?", answer="Deep. " * letters)


def test_of_a_conversation_the_latest_turns_are_read_as_far_as_they_begin():
    history = [*[Unread()] * 5000, *(turn(n, letters=9000) for n in range(1980, 2000))]
    read = latest(history)

    assert [one.question for one in read] == [turn(n).question for n in range(1980, 2000)]
    assert len(read) == MAX_TURNS
    assert {len(one.answer) for one in read} == {MAX_SAID}
    assert standalone("And of 2001?", history) == standalone("And of 2001?", read)

"""A question that is too long is refused with what to do, by whatever asks the engine."""

import pytest
from builders_meaning import engine_over, opened

from rag.datamodel import Query
from rag.errors import PagelightError
from rag.neural.embed.embedders import minilm
from rag.neural.reader.reader import Reader
from rag.question_length import MOST_CHARACTERS, check_length


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
        ask(engine, Query(text="x" * (MOST_CHARACTERS + 1)))


def test_the_longest_question_is_none_too_long():
    check_length("x" * MOST_CHARACTERS)

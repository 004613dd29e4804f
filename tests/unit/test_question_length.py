"""A question that is too long is refused with what to do, by whatever asks the engine."""

import pytest
from builders_meaning import opened

from rag.answer.pipeline import Limits
from rag.built_in import BuiltIn
from rag.datamodel import Query
from rag.engine import Engine
from rag.errors import PagelightError
from rag.lineup import Lineup
from rag.neural.embedders import minilm
from rag.neural.reader import Reader
from rag.question_length import MOST_CHARACTERS, check_length
from rag.settings import Settings


@pytest.fixture
def engine(tmp_path):
    limits = Limits(top_k=3, context_hits=3, context_tokens=99, threshold=0.5)
    with opened(tmp_path / "ws") as index:
        built_in = BuiltIn(index, minilm(), Reader())
        yield Engine(index, built_in, Lineup(settings=Settings()), limits)


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

"""Amid a conversation the writer of the set-up says a follow-up alone before it is searched."""

import pytest
from builders_large import SayingGenerator
from builders_meaning import engine_over, opened, put
from builders_written import RecordedModel

from rag.datamodel import Query, Turn
from rag.generation.writers.answer_writer import AnswerWriter
from rag.models.embedders import minilm
from rag.models.reader.reader import Reader

SAID = (Turn(question="How deep was the snow on the Sturmjoch in March 1999?", answer="317 cm."),)
ALONE = "How deep was the snow on the Passeck in March 1999?"


class Ready:
    """A writer that is loaded."""

    model_id = "recorded"
    problem = ""

    def __init__(self, model):
        self._writer = AnswerWriter(model, len)

    def get(self):
        return self._writer

    def close(self):
        pass


@pytest.fixture
def model():
    return RecordedModel(ALONE)


@pytest.fixture
def engine(tmp_path, model):
    with opened(tmp_path / "ws") as index:
        put(index, "The snow on the Passeck was 290 cm deep in March 1999.")
        yield engine_over(index, minilm(), Reader(), embedded=Ready(model))


def test_a_follow_up_is_searched_as_the_writer_says_it(engine, model):
    *_, answer = engine.ask(Query(text="and how deep was it on the Passeck?"), SAID)

    assert answer.standalone_query == ALONE
    assert answer.query.text == "and how deep was it on the Passeck?"
    assert model.asked[0].endswith("Question: and how deep was it on the Passeck?")


def test_what_is_found_for_a_follow_up_comes_before_the_writer_is_asked(engine, model):
    asked = Query(text="and how deep was it on the Passeck?")
    first = next(one for one in engine.ask(asked, SAID) if one.text)

    assert "290 cm" in first.text
    assert not first.complete
    assert model.asked == []


def test_a_question_that_comes_while_the_writer_loads_is_quoted_and_then_written(tmp_path):
    class Loading(Ready):
        def get(self):
            return None

        def awaited(self, seconds):
            return self._writer if seconds else None

    with opened(tmp_path / "ws") as index:
        put(index, "The snow on the Passeck was 290 cm deep in March 1999.")
        embedded = Loading(RecordedModel("It was **290 cm** deep in March 1999 [1]."))
        engine = engine_over(index, minilm(), Reader(), embedded=embedded)
        *begun, answer = engine.ask(Query(text="How deep was the snow on the Passeck?"))

    assert any(one.text.startswith("“The snow on the Passeck") for one in begun)
    assert not any(one.complete for one in begun)
    assert answer.text.startswith("It was **290 cm** deep in March 1999 [1].")


def test_where_a_larger_model_writes_that_of_the_set_up_is_not_loaded(tmp_path):
    larger = SayingGenerator("The snow was 290 cm deep [1].")
    with opened(tmp_path / "ws") as index:
        put(index, "The snow on the Passeck was 290 cm deep in March 1999.")
        engine = engine_over(index, minilm(), Reader(), writer=larger, embedded=Untouched())
        *_, answer = engine.ask(Query(text="How deep was the snow on the Passeck?"))

    assert answer.text.startswith("The snow was 290 cm deep [1].")


class Untouched:
    model_id = ""

    def get(self):
        pytest.fail("it is asked for")

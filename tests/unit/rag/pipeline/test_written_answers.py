from builders_answer import snow_index
from builders_written import RecordedModel

from rag.answer.base.refusal import PARTLY
from rag.answer.compose.extractive import ExtractiveGenerator
from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.evidence.reading import Readings
from rag.answer.pipeline import Pipeline
from rag.answer.question.question import understand
from rag.answer.rerank.reranking import EvidenceReranker
from rag.answer.seams import Limits
from rag.answer.trust.confidence import Confidence
from rag.generation.writer import AnswerWriter
from rag.pipeline.pipeline import answer
from rag.pipeline.wiring import WrittenSteps
from rag.retrieve.retriever import Retriever

QUESTION = "why is the snow at the mark on the wall deeper?"


def answers(model, question=QUESTION):
    index, embedder = snow_index()
    readings = Readings(None)
    scorer = EvidenceScorer(index, embedder, readings)
    ranker = AnswerRanker(scorer)
    quoting = Pipeline(
        Retriever(index, embedder),
        EvidenceReranker(readings, scorer),
        Confidence(ranker).estimate,
        ExtractiveGenerator(ranker, embedder),
        Limits(top_k=5, context_hits=3, context_tokens=500, threshold=0.0),
        fetch=index.chunks,
    )
    steps = WrittenSteps(
        quoting=quoting,
        ranker=ranker,
        writer=AnswerWriter(model),
        count_tokens=lambda text: len(text.split()),
    ).steps()
    return list(answer(understand(question), steps))


SAID = "Snow lay **317 cm** deep in March 1999 [1]."


def test_the_quotations_are_there_at_once_and_the_sentence_comes_above_them():
    *_, quoted, grown, whole = answers(RecordedModel(f"{SAID} The pass was closed in May [1]."))
    assert not quoted.complete
    assert "317" in quoted.text
    assert grown.text.startswith("Snow lay **317 cm** deep in March 1999 [1].")
    assert whole.complete
    assert grown.text.split("\n")[0] in whole.text
    assert whole.text[: whole.quoted_from].strip().endswith(grown.text.partition("\n\n")[0])


def test_the_first_source_that_is_used_is_number_one_and_cited_at_its_words():
    *_, last = answers(RecordedModel(SAID))
    first = last.citations[0]
    assert first.number == 1
    assert "317 cm deep in March 1999" in first.quote
    assert first.chunk == last.context.source(1).chunk


def test_a_sentence_with_a_number_of_no_source_is_not_shown():
    *_, last = answers(RecordedModel("Snow lay **555 cm** deep in March 1999 [1]."))
    assert "555" not in last.text
    assert last.state == "closest"


def test_what_the_model_is_unsure_of_is_not_stated():
    *_, sure = answers(RecordedModel(SAID, logprob=-0.01))
    *_, unsure = answers(RecordedModel(SAID, logprob=-4.0))
    assert unsure.confidence < sure.confidence
    assert unsure.text.startswith(PARTLY)


def test_a_model_that_fails_leaves_the_quoted_answer_and_says_why():
    *_, last = answers(RecordedModel(SAID, fails=True))
    assert last.complete
    assert "317" in last.text
    assert any("The language model ended" in note for note in last.notes)

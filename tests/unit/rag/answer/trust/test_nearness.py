from builders_answer import WINTER, chunk, hit, snow_index

from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.evidence.reading import Readings
from rag.answer.question.question import understand
from rag.answer.trust.nearness import nearness
from rag.datamodel import Context

HITS = (hit(chunk("winter", WINTER, source="winter.txt")),)


def near(question, hits=HITS):
    index, embedder = snow_index()
    ranker = AnswerRanker(EvidenceScorer(index, embedder, Readings(None)))
    return nearness(understand(question), Context(hits=hits), ranker)


def test_a_question_is_nearer_to_places_that_share_its_words():
    assert near("How deep was the snow?") > near("How deep was the glacier?")
    assert near("How deep was the snow?") > near("Which wine goes with fish?")


def test_without_places_nothing_is_near():
    assert near("How deep was the snow?", ()) == 0

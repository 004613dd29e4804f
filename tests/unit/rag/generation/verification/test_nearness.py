from builders_answer import WINTER, chunk, hit, snow_index

from rag.datamodel import Context
from rag.generation.verification.confidence import is_near, nearness
from rag.retrieval.evidence.evidence import EvidenceScorer
from rag.retrieval.evidence.reading import Readings
from rag.understanding.question.question import understand

HITS = (hit(chunk("winter", WINTER, source="winter.txt")),)


def near(question, hits=HITS, tell=nearness):
    index, embedder = snow_index()
    scorer = EvidenceScorer(index, embedder, Readings(None))
    return tell(understand(question), Context(hits=hits), scorer)


def test_a_question_is_nearer_to_places_that_share_its_words():
    assert near("How deep was the snow?") > near("How deep was the glacier?")
    assert near("How deep was the snow?") > near("Which wine goes with fish?")


def test_key_words_that_stand_nowhere_together_need_more():
    assert near("snow depth March 1999", tell=is_near)
    assert not near("snow pancake recipe", tell=is_near)

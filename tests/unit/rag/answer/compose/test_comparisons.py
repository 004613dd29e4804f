"""Comparisons told by text: a place for each side."""

from builders_answer import chunk, hit, snow_scorer

from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.passages.passages import Passages
from rag.answer.question.question import understand

RIDGE = "The ridge path has a rope for sixty metres. It takes two hours in all."
VALLEY = "The valley path is wide and takes an hour. Children may walk on it."


def told(question, *texts):
    hits = [hit(chunk(str(n), text), rank=n) for n, text in enumerate(texts, start=1)]
    return Passages(AnswerRanker(snow_scorer())).told(understand(question), hits, most_words=40)


def test_each_side_is_told():
    text = told("Compare the ridge path and the valley path", RIDGE, VALLEY)

    assert "rope" in text
    assert "wide" in text


def test_answers_are_ordered_by_what_their_places_tell():
    passages = Passages(AnswerRanker(snow_scorer()))
    asked = understand("How deep was the snow in March 1999?")
    hits = [hit(chunk("a", "Snow lay 317 cm deep in March 1999. Later 12 cm of rain fell."))]
    found = AnswerRanker(snow_scorer()).find(asked, hits)

    ordered = passages.likelier(asked, hits, found[::-1])
    chances = {unit.key: unit.chance for unit in passages.units(asked, hits)}
    keys = [(one.evidence.hit.chunk.id, one.evidence.start) for one in ordered]
    assert [chances[key] for key in keys] == sorted((chances[key] for key in keys), reverse=True)

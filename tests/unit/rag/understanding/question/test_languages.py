"""The language of a question, and what is said where that of the places is another."""

from dataclasses import replace

import pytest
from builders_answer import chunk, hit

from rag.datamodel import Query, Turn
from rag.pipeline.engine.stages import across_languages
from rag.text import words
from rag.understanding.question.answer_kind import holds_kind
from rag.understanding.question.odd_input import other_language
from rag.understanding.question.question import understand

ENGLISH = [hit(chunk("a", "The snow was deep at the end of April and it lay for long."))]


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("How deep was the snow?", False),
        ("Die Hard", False),
        ("Was kostet der Besuch?", False),
        ("Какой месяц был самым солнечным?", True),
    ],
)
def test_key_words_and_what_has_a_gloss_are_read_as_english_ones_are(text, foreign):
    assert understand(text).is_foreign is foreign


ENGLISH_RULES = {
    "picks": "What was the coldest month?",
    "compares": "What is the difference between the rain in June and the rain in May?",
    "parts": "Compare January and July",
    "library": "How many PDFs do I have?",
    "picture": "Show me the chart of the rain",
}


@pytest.mark.parametrize("rule", ENGLISH_RULES)
def test_a_rule_for_english_is_skipped_in_other_languages(rule):
    english = understand(ENGLISH_RULES[rule])
    foreign = replace(english, said=Query(text="Wie hoch war der Schnee auf dem Dach?"))

    assert getattr(english, rule)
    assert not getattr(foreign, rule)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Wann wurde die Station gebaut?", "date"),
        ("Wann heißt ein Raum zusammenhängend?", "any"),
        ("Wie viele Karten hat der Atlas?", "number"),
        ("Wer hat das geschrieben?", "person"),
        ("Pourquoi le sentier est-il fermé ?", "reason"),
        ("¿Quién dirige la estación?", "person"),
        ("Quando è stata fondata la stazione?", "date"),
        ("Waarom is het pad gesloten?", "reason"),
    ],
)
def test_each_language_asks_for_its_kinds_of_answers(question, kind):
    assert understand(question).kind == kind


def test_another_language_than_the_places_is_said_with_what_would_help():
    told = other_language("Wie tief war der Schnee?", ENGLISH, across=across_languages())

    assert "German" in told
    assert "English" in told
    assert "by names, numbers and words that both share" in told
    assert "multilingual-e5-small (72 MB)" in told


def test_a_question_that_was_read_in_english_says_how():
    asked = understand("Wie tief war der Schnee?")

    assert asked.languages == ("en",)
    assert "“how deep was the snow?”" in asked.in_other_language(ENGLISH, across="")


def test_a_month_is_a_date_in_the_language_of_the_question():
    assert holds_kind("date", "Der nasseste Monat war der Juli.", (), language="de")
    assert not holds_kind("date", "Der nasseste Monat war der Juli.", ())
    assert holds_kind("date", "The wettest month was July.", (), language="en")


@pytest.mark.parametrize(
    ("before", "question", "alone"),
    [
        ("combien de neige y avait-il en avril ?", "et en mars ?", "snow in march"),
        ("Wie viel Regen fiel im Juni?", "und im Juli?", "rain in july"),
    ],
)
def test_what_follows_on_a_question_does_so_in_any_language(before, question, alone):
    asked = understand(question, [Turn(question=before, answer="352")])

    assert set(alone.split()) <= set(words(f"{asked.standalone} {asked.topic}"))

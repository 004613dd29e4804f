"""Summaries that are asked for in the languages of the page."""

import pytest

from rag.understanding.question.document_names import names_a_document, own_words
from rag.understanding.wishes.picture_wish import label_of, picture_wish
from rag.understanding.wishes.summary_wish import summary_wish


@pytest.mark.parametrize(
    ("text", "named", "length"),
    [
        ("Fass den Bericht bitte kurz zusammen", "Bericht", "medium"),
        ("Résume la séance du comité", "séance du comité", "medium"),
        ("¿De qué trata la carta?", "carta", "medium"),
    ],
)
def test_a_summary_is_asked_for_in_other_languages(text, named, length):
    wish = summary_wish(text)

    assert (wish.named, wish.length) == (named, length)


@pytest.mark.parametrize(
    "text", ["Wer fasst die Ergebnisse zusammen?", "Que dit le rapport ?", "¿Cuánto cuesta?"]
)
def test_other_questions_in_other_languages_ask_for_none(text):
    assert summary_wish(text) is None


@pytest.mark.parametrize("text", ["what is this place", "What's all this?", "what is here"])
def test_who_asks_what_is_here_wants_to_know_of_all(text):
    wish = summary_wish(text)

    assert (wish.named, wish.one, wish.refers) == ("", "", False)


@pytest.mark.parametrize("text", ["what do these documents say", "What do the files say?"])
def test_what_the_documents_say_is_a_summary_of_all(text):
    assert summary_wish(text).of_all
    assert summary_wish("What is the lowest month, in one sentence?") is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("what's in the video", "the video"),
        ("What does the logbook say?", "the logbook"),
        ("what does the website on the flood cover", "the website on the flood"),
        ("what did the talk by Anna Beck say", "the talk by Anna Beck"),
    ],
)
def test_who_asks_what_a_document_of_any_form_says_wants_it_summed_up(text, named):
    assert summary_wish(text).named == named


def test_what_a_document_is_called_in_other_languages_tells_it_from_none():
    assert own_words("Versammlung vom 25. Februar 2023 in der Halle") == [
        "25",
        "februar",
        "2023",
        "halle",
    ]
    assert names_a_document("séance du comité")


@pytest.mark.parametrize(
    ("question", "thing", "subject"),
    [
        ("Show me the chart of snow depth", "chart", "snow depth"),
        ("Where is the map of the valley?", "map", "valley"),
        ("Show me the table of wind speeds.", "table", "wind speeds"),
        ("Which line chart shows the wind?", "line chart", "wind"),
    ],
)
def test_a_question_can_ask_for_the_picture_itself(question, thing, subject):
    wish = picture_wish(question)

    assert wish is not None
    assert (wish.shown, wish.thing, wish.subject) == (True, thing, subject)


@pytest.mark.parametrize(
    "question",
    ["What does the diagram of the ring show?", "In the pie chart, what share was snow?"],
)
def test_what_a_picture_says_is_another_question(question):
    wish = picture_wish(question)

    assert wish is not None
    assert not wish.shown


@pytest.mark.parametrize(
    "question", ["Give me the figures for 2021", "How deep was the snow?", "Show me the results"]
)
def test_other_questions_speak_of_no_picture(question):
    assert picture_wish(question) is None


def test_the_number_of_a_figure_is_its_label():
    wish = picture_wish("Show me Figure 3 of the report")

    assert wish is not None
    assert (wish.label, wish.thing) == ("fig 3", "picture")
    assert label_of("Table 2.1: Depths") == "tab 2.1"

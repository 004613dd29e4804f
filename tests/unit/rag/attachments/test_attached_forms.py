"""The forms of answers about a picture: fields, charts, lettering, what it is."""

import pytest
from builders_attachments import BARS, RECEIPT, chunks_of, lettered

from rag.attachments.aim import aim_of, held_share
from rag.attachments.forms import NO_LETTERING, AttachedPicture, told_of
from rag.attachments.several import summed
from rag.attachments.told import answer_of, joined, line, placed
from rag.datamodel import Answer, Attachment, Query


def RARE(_stems):  # noqa: N802 - stands for what the index would tell
    return {}, 100


def sheet(*words, kind="scan"):
    return AttachedPicture(name="photo.jpg", kind=kind, document=lettered(*words))


def told(words, question, kind="scan"):
    doc = lettered(*words)
    lines = placed(told_of(sheet(*words, kind=kind), question), chunks_of(doc))
    return answer_of(Answer(query=Query(text=question)), lines)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how much was it in total?", "**27.54**"),
        ("total?", "**27.54**"),
        ("what did they pay altogether?", "**27.54**"),
        ("Wie hoch war die Summe?", "**27.54**"),
        ("what date is on it", "**14/03/2019**"),
        ("when was that?", "**14/03/2019**"),
        ("where was this bought?", "**ALPINE HARDWARE LTD**"),
        ("how much change did they get?", "**2.46**"),
    ],
)
def test_a_field_of_a_receipt_is_a_short_answer(question, answer):
    assert told(RECEIPT, question).text.startswith(answer)


def test_a_chart_is_told_by_its_title_and_a_table():
    text = told(BARS, "how full are the huts?", kind="chart").text
    assert text.startswith("Huts fill up earlier each year. % of beds taken by June")
    assert "Upper hut | 41% | 88%" in text
    assert "| Weekdays | Weekends" in text


def test_the_greatest_value_comes_first_with_its_label():
    text = told(BARS, "which is highest on weekdays?", kind="chart").text
    assert text.startswith("**Upper hut: 41%** (Weekdays)")


def test_rows_that_are_named_are_told_where_there_is_no_room_for_all():
    rows = [
        word
        for n in range(20)
        for word in (
            (0.01, 0.12 + n * 0.04, f"Valley {n} on the far side of the river", 0.4),
            (0.6, 0.12 + n * 0.04, f"{n + 10}%"),
        )
    ]
    small = lettered((0.02, 0.03, "Open slopes"), *rows)
    lines = told_of(AttachedPicture(name="c.png", kind="chart", document=small), "and valley 17?")
    assert any(each.text == "Valley 17 on the far side of the river | 27%" for each in lines)
    assert lines[-1].text.endswith("more rows stand on the chart.")


def test_a_picture_without_lettering_says_what_can_not_be_told():
    text = told([], "what is this?", kind="photo").text
    assert text.startswith("A photograph. " + NO_LETTERING)
    assert "a model that sees" in text


def test_document_words_are_never_marks_of_ours():
    answer = told([(0.1, 0.1, "see note [1] above")], "what does it say?")
    assert len(answer.citations) == 1
    assert "[\u20601]" in answer.text


@pytest.mark.parametrize(
    ("question", "lettering", "aim"),
    [
        ("how much is it?", "", "attachments"),
        ("How full is the upper hut?", "Upper hut full 41%", "attachments"),
        ("How deep was the snow on the Sturmjoch?", "Total 27.54", "documents"),
        ("is this within the limits of our manual?", "27.54", "both"),
        ("which document is this from?", "", "both"),
    ],
)
def test_a_question_is_about_the_place_that_holds_what_it_names(question, lettering, aim):
    assert aim_of(question, held_share(question, lettering, RARE)) == aim


GIVEN = (
    Attachment(doc_id="a" * 64, name="first.jpg", media_type="image/jpeg"),
    Attachment(doc_id="b" * 64, name="hotel.jpg", media_type="image/jpeg"),
)


def test_totals_of_several_are_told_apart_and_summed():
    own = [[line("**10.50** — “Total 10.50”")], [line("**4.25**")]]
    texts = [each.text for each in summed(GIVEN, own, "how much together?")]
    assert texts[0] == "Together: **14.75**"
    assert texts[1:4] == ["first.jpg:", "**10.50** — “Total 10.50”", "hotel.jpg:"]


def test_joined_answers_keep_every_mark_on_its_place():
    first = told(RECEIPT, "total?")
    second = told(BARS, "how full are the huts?", kind="chart")
    both = joined(first, second, between="In the documents:")
    assert len(both.context.hits) == 2
    for citation in both.citations:
        start, end = citation.span
        assert both.text[start:end] == f"[{citation.number}]"
        assert both.context.source(citation.number).chunk == citation.chunk

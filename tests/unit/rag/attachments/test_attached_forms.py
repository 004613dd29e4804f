"""The forms of answers about a picture: fields, charts, lettering, what it is."""

from dataclasses import replace

import pytest
from builders_answer import WINTER, chunk, hit
from builders_attachments import BARS, RECEIPT, chunks_of, lettered

from rag.answer.base.citations import cited
from rag.attachments.aim import aim_of, held_share
from rag.attachments.forms import NO_LETTERING, AttachedPicture, told_of
from rag.attachments.several import chosen, summed
from rag.attachments.told import answer_of, joined, line, placed
from rag.attachments.wishes import field_of, named, wish_of
from rag.datamodel import FULL_PAGE, Answer, Attachment, Context, Element, Provenance, Query


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


def test_the_row_that_a_field_stands_in_is_lit():
    (citation,) = told(RECEIPT, "total?").citations
    assert citation.quote == "Total (incl. VAT) 27.54"
    assert [round(p.bbox.x0, 2) for p in citation.provenances] == [0.1, 0.8]


def test_an_item_that_is_named_is_told_by_its_row():
    assert "“Rope 20 m 21.00”" in told(RECEIPT, "how much was the rope?").text


def test_what_it_is_says_shop_date_and_total():
    text = told(RECEIPT, "what is this?").text
    assert text.startswith("A receipt from ALPINE HARDWARE LTD, dated 14/03/2019, total 27.54.")


def test_all_lettering_is_told_in_order():
    text = told(RECEIPT, "what does it say?").text
    assert text.index("ALPINE") < text.index("Rope 20 m 21.00") < text.index("Change 2.46")


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


def test_pointing_questions_name_nothing():
    assert named("what is the total amount on this receipt?") == []
    assert named("which one is the highest?") == []
    assert named("How deep was the snow in April?") != []


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


def test_wishes_are_told_by_their_words():
    assert wish_of("What does this chart show?") == "description"
    assert wish_of("what's this") == "identity"
    assert wish_of("") == "identity"
    assert wish_of("what does the sign say?") == "lettering"
    assert wish_of("lowest value?") == "least"
    assert field_of("combien ?") == "total"


GIVEN = (
    Attachment(doc_id="a" * 64, name="first.jpg", media_type="image/jpeg"),
    Attachment(doc_id="b" * 64, name="hotel.jpg", media_type="image/jpeg"),
)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("what is the total of the second receipt?", ["hotel.jpg"]),
        ("the last one?", ["hotel.jpg"]),
        ("total of hotel.jpg", ["hotel.jpg"]),
        ("what did both cost?", ["first.jpg", "hotel.jpg"]),
        ("the third?", ["first.jpg", "hotel.jpg"]),
    ],
)
def test_attachments_are_meant_by_number_or_name(question, names):
    assert [each.name for each in chosen(GIVEN, question)] == names


def test_totals_of_several_are_told_apart_and_summed():
    own = [[line("**10.50** — “Total 10.50”")], [line("**4.25**")]]
    texts = [each.text for each in summed(GIVEN, own, "how much together?")]
    assert texts[0] == "Together: **14.75**"
    assert texts[1:4] == ["first.jpg:", "**10.50** — “Total 10.50”", "hotel.jpg:"]


def test_no_sum_is_told_where_one_does_not_say():
    texts = [each.text for each in summed(GIVEN, [[line("**10.50**")], []], "how much together?")]
    assert texts[0] == "first.jpg:"
    assert texts[-1] == "It does not say."


def test_joined_answers_keep_every_mark_on_its_place():
    first = told(RECEIPT, "total?")
    second = told(BARS, "how full are the huts?", kind="chart")
    both = joined(first, second, between="In the documents:")
    assert len(both.context.hits) == 2
    for citation in both.citations:
        start, end = citation.span
        assert both.text[start:end] == f"[{citation.number}]"
        assert both.context.source(citation.number).chunk == citation.chunk


def test_joined_answers_count_on_every_number_of_a_mark():
    hits = tuple(hit(chunk(name, WINTER), rank) for rank, name in enumerate("ab", start=1))
    one = cited(Answer(query=Query(text="a?")), "One [1].", Context(hits=hits[:1]))
    two = cited(Answer(query=Query(text="b?")), "Deep [1, 2]. White [2].", Context(hits=hits))
    both = joined(one, two, between="There:")

    assert both.text.endswith("Deep [2, 3]. White [3].")
    assert [c.number for c in both.citations] == [1, 2, 3, 3]
    marks = [both.text[slice(*c.span)] for c in both.citations]
    assert marks == ["[1]", "[2, 3]", "[2, 3]", "[3]"]


TICKS = ((0.02, 0.02, "Snow by hut"), *((0.03, 0.9 - 0.2 * n, str(25 * n)) for n in range(5)))


def drawn_chart(note):
    """A chart without printed values, with the table that was read off its picture."""
    doc = lettered(*TICKS)
    rows = ("Category | Snow", "Upper hut | 41.5", "Lower hut | 62.3")
    ends = [sum(len(row) + 1 for row in rows[: n + 1]) - 1 for n in range(3)]
    places = [
        Provenance(page=1, bbox=FULL_PAGE, span=(end - len(row), end))
        for row, end in zip(rows, ends, strict=True)
    ]
    table = Element(role="chart", text="\n".join(rows), provenances=tuple(places))
    told = Element(role="caption", text=note)
    doc = replace(doc, elements=(*doc.elements, table, told))
    return AttachedPicture(name="snow.png", kind="chart", document=doc)


def test_values_that_are_not_printed_are_told_as_they_were_measured():
    lines = told_of(drawn_chart("Read off the bar chart: values within ±0.5"), "Lower hut?")
    words = [one.text for one in lines]
    assert "Lower hut | 62.3" in words
    assert not any("100" in text for text in words)
    assert words[0] == "Snow by hut. (Read off the bar chart: values within ±0.5.)"


def test_the_largest_of_measured_values_is_named():
    sheet = drawn_chart("Read off the bar chart: values within ±0.5")
    assert told_of(sheet, "Which hut has the most snow?")[0].text == "**Lower hut: 62.3** (Snow)"


def test_a_table_read_off_a_picture_is_none_of_its_lettering():
    sheet = drawn_chart("Read off the bar chart: values as printed")
    assert "62.3" not in sheet.lettering
    assert "Read off" not in sheet.lettering

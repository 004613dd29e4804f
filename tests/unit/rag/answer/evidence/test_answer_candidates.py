import pytest
from builders_answer import DEPTHS, chunk, hit
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.evidence.answer_candidates import cells_between, shorts_of
from rag.answer.evidence.evidence import candidates
from rag.answer.evidence.reading import UNREAD
from rag.protocols import Reading, Span


def texts(text, kind="any", *, role="text", reading=UNREAD):
    (found, *_) = candidates(hit(chunk("x", text, role=role)))
    return [short.text for short in shorts_of(found, reading, kind)]


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Sales rose to $13.2 billion in all.", "money", "$13.2 billion"),
        ("It fell by 7.1% in the quarter.", "percent", "7.1%"),
        ("It fell by (7.1)% in the quarter.", "percent", "(7.1)%"),
        ("The stake stood at 587 cm that day.", "number", "587 cm"),
        ("They met on 12 March 1999 at noon.", "date", "12 March 1999"),
        ("The report is by Anna Berg of Altmoos.", "person", "Anna Berg"),
        ("Write to combshj@unk.edu in any case.", "code", "combshj@unk.edu"),
        ("License #: WA-MD-45782; the rest is open.", "any", "WA-MD-45782"),
        ("It calls itself “the Gateway” since then.", "any", "the Gateway"),
        ("They drew thirteen dollars a month.", "number", "thirteen"),
        ("20-8143439\n(Employer Identification No.) and more of it here", "code", "20-8143439"),
        ("Most of them were 25-34 years old.", "any", "25-34"),
    ],
)
def test_what_can_answer_is_found_in_a_sentence(text, kind, expected):
    assert expected in texts(text, kind)


@pytest.mark.parametrize(
    "text",
    [
        "12 Germans crossed the pass that day, and more came later.",
        "4 Zimmer sind noch frei, alle davon mit einem Bad.",
        "In all 3 Keep the watch for us.",
    ],
)
def test_a_number_that_counts_can_answer_at_the_beginning_of_a_line(text):
    assert any(found in texts(text, "number") for found in ("12", "4", "3"))


@pytest.mark.parametrize(
    "text",
    [
        "Figure 3: Snow depth at the end of the month, by winter.",
        "The rules of this year stand in Table 2.",
        "How the roof is sealed is shown on page 14 of it.",
        "Mehr darüber erzählt Abschnitt 5 des Heftes.",
    ],
)
def test_the_number_of_a_figure_a_table_or_a_page_counts_nothing(text):
    assert not [found for found in texts(text, "number") if found.isdigit()]


def test_the_cells_of_a_row_can_answer_each():
    assert texts(DEPTHS, role="table")[:3] == ["1998", "212 cm", "140"]


def test_what_the_reader_marks_can_answer():
    reading = Reading(relevance=0.9, spans=(Span(start=3, end=14, score=0.5),))

    assert "lower costs" in texts("By lower costs it rose.", reading=reading)


def test_words_without_a_number_answer_no_question_for_one():
    assert texts("Anna Berg leads the station.", "number") == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("4. Unless the director acts within sixty days, it is granted.", "4"),
        ("1 Press the button below the lamp and wait for the signal.", "1"),
        ("2 At a place on your wrist, put the ruler through the buckle.", "2"),
        ("(2) The director acts within sixty days.", "(2)"),
        ("FLAN-T5 reached 77.22 in our test.", "FLAN-T5"),
        ("The heated W-01 stood still for 4 hours.", "01"),
        ("80M 250M 780M 3B 11B 80M 250M", "80M 250M 780M 3B 11B 80M 250M"),
        ("Salmonella | 3.1.", "3.1"),
        ("3.2.\nCampylobacter", "3.2"),
    ],
)
def test_marks_of_lists_axes_and_names_answer_no_question_for_a_number(text, wrong):
    assert wrong not in texts(text, "number")


def test_prices_and_days_remain_answers():
    assert "RM10" in texts("It cost RM10 that day.", "money")
    assert "March 2015" in texts("4. March 2015 was cold.", "date")
    assert "3.1" in texts("Salmonella | 3.1", "number", role="table")


@given(st.text(alphabet="ab1 |\n$%.,:()“”-", max_size=60))
def test_every_short_answer_lies_within_its_evidence_and_has_no_space_at_its_ends(text):
    if not text.strip():
        return
    for found in candidates(hit(chunk("x", text))):
        for short in shorts_of(found, UNREAD, "any"):
            assert found.start <= short.start < short.end <= found.end
            assert short.text == short.text.strip()


def test_cells_are_ranges_without_the_bars():
    assert cells_between("a | bc |  | d", 0, 13) == [(0, 1), (4, 6), (12, 13)]


def test_a_date_is_whole_in_the_language_of_the_question():
    (found, *_) = candidates(hit(chunk("x", "Das Haus steht seit dem 3. Mai 1931 offen.")))
    german = [short.text for short in shorts_of(found, UNREAD, "date", language="de")]
    english = [short.text for short in shorts_of(found, UNREAD, "date")]

    assert "3. Mai 1931" in german
    assert "3. Mai 1931" not in english


def test_a_small_letter_alone_is_the_mark_of_a_point_and_no_answer():
    text = "Please: l Install the tank on a floor that holds it."
    reading = Reading(relevance=0.9, spans=(Span(start=8, end=9, score=0.5),))

    assert "l" not in texts(text, reading=reading)

import pytest
from builders_answer import MARMOTS, WINTER, chunk, hit, snow_scorer

from rag.retrieval.evidence.evidence import LONGEST_ROW, candidates
from rag.understanding.question.answer_kind import expected_kind, holds_kind
from rag.understanding.question.question import understand


def texts(found):
    return [evidence.text for evidence in found]


def test_the_sentence_that_answers_comes_first():
    hits = [hit(chunk("w", WINTER)), hit(chunk("m", MARMOTS), rank=2)]

    best, *_ = snow_scorer().find(understand("How deep was the snow in March 1999?"), hits)

    assert best.text == "Snow lay 317 cm deep in March 1999."
    assert 0 < best.score < 1


def test_a_row_that_is_too_long_to_be_shown_is_read_sentence_by_sentence():
    told = " ".join(f"Sentence {n} says one more thing." for n in range(LONGEST_ROW // 3))
    table = f"Name | What it is\nsnow | {told}"

    found = texts(candidates(hit(chunk("t", table, role="table"))))

    assert found[0] == "snow | Sentence 0 says one more thing."
    assert " ".join(found) == table.split("\n")[1]


def test_lettering_is_read_in_windows_of_several_lines():
    lettering = "\n".join(f"label {n} value {n}" for n in range(12))
    found = candidates(hit(chunk("f", lettering, role="figure")))

    assert len(found) == 3
    assert "".join(texts(found)).count("label") == 12


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What share of guests came by train?", "percent"),
        ("When was the station built?", "date"),
        ("How many huts are there?", "number"),
        ("Who wrote the letter?", "person"),
        ("What drove the fall in sales?", "reason"),
        ("Which pin number is ALE?", "number"),
        ("What is the invoice number?", "code"),
        ("What did the station pay in rent?", "money"),
        ("Where does she explain the budget?", "place"),
        ("How much is it?", "money"),
        ("Is the path open when it snows?", "any"),
        ("What does HBCU stand for?", "definition"),
        ("What is the letter about?", "any"),
        ("Describe the barometer.", "any"),
    ],
)
def test_the_wording_tells_what_kind_of_thing_is_asked_for(question, kind):
    assert expected_kind(question) == kind


def test_a_number_that_the_question_names_is_no_answer():
    assert not holds_kind("date", "In 1999 it snowed.", "When did it snow in 1999?")
    assert holds_kind("date", "On 3 March 1999 it snowed.", "When did it snow in 1999?")


def test_a_day_of_a_month_is_no_amount():
    assert not holds_kind("number", "8 May", ())
    assert holds_kind("number", "8 May — 63 mm", ())
    assert holds_kind("number", "2019", ())


def test_a_share_or_a_time_of_day_is_no_sum_of_money():
    assert not holds_kind("money", "2 %", ())
    assert not holds_kind("money", "05:15", ())
    assert holds_kind("money", "2 % of 16 euros", ())


def test_the_end_of_a_sentence_is_no_code():
    assert not holds_kind("code", "There were no telephone numbers for these.", ())
    assert holds_kind("code", "Tel: 01983 873655", ())
    assert holds_kind("code", "Write to keeper@station.example.", ())
    assert holds_kind("code", "www.station.example", ())

import pytest

from rag.datamodel import Turn
from rag.refusal import NOT_HELD
from rag.understanding.followup.conversation import Standalone, standalone
from rag.understanding.followup.signs import carefully_written


def standalone_query(question, history):
    return standalone(question, history).text


def said(*pairs):
    return [Turn(question=question, answer=answer) for question, answer in pairs]


def history(*questions):
    return said(*((question, "") for question in questions))


KEEPER = said(("Who keeps the upper hut on the Sturmjoch?", "Ada Venn."))
SNOW = said(("How deep was the snow at Kestrel Ridge in 1999?", "312 cm."))


@pytest.mark.parametrize(
    "asked",
    [
        "How many beds has the Brockenstein station?",
        "Costco total revenue outlook",
        "how much money was spent on energy",
        "list the staff of the Brockenstein station",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(asked):
    assert standalone(asked, SNOW) == Standalone(text=asked)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("And in 2001?", "How deep was the snow at Kestrel Ridge in 2001?"),
        ("And the year before?", "How deep was the snow at Kestrel Ridge in 1998?"),
        ("What was it a year later?", "How deep was the snow at Kestrel Ridge in 2000?"),
        ("What about Gull Point?", "How deep was the snow at Gull Point in 1999?"),
        ("No, I meant Gull Point.", "How deep was the snow at Gull Point in 1999?"),
    ],
)
def test_a_year_or_name_takes_the_place_of_one_in_the_earlier_question(asked, meant):
    assert standalone_query(asked, SNOW) == meant


def test_a_name_takes_the_place_of_the_one_that_is_max_like_it():
    earlier = history("What were Zone NA sales of Nestlé in 2023?")

    assert standalone_query("And for Zone EUR?", earlier) == (
        "What were Zone EUR sales of Nestlé in 2023?"
    )


@pytest.mark.parametrize(
    ("earlier", "asked", "meant"),
    [
        ("how much does a school class pay", "and the sunrise visit?", "the sunrise visit pay?"),
        ("who is the CEO of Best Buy", "and the CFO?", "who is the CFO of Best Buy?"),
        ("what does level 4 mean for dogs", "and for path 14?", "level 4 mean for path 14?"),
        ("which month was the wettest", "and the driest", "which month was the driest?"),
        ("Which hut has the most beds?", "And the fewest?", "Which hut has the fewest beds?"),
    ],
)
def test_a_few_words_take_the_place_of_the_phrase_that_they_can_stand_for(earlier, asked, meant):
    assert standalone_query(asked, history(earlier)).endswith(meant)


@pytest.mark.parametrize(
    "asked",
    ["Why?", "Since when?", "What is her number?", "In which valley?"],
)
def test_any_other_follow_up_has_the_earlier_question_behind_it(asked):
    expected = f"{asked[:-1]} (who keeps the upper hut on the Sturmjoch)?"

    assert standalone_query(asked, KEEPER) == expected


def test_a_question_of_its_own_ends_the_topic():
    earlier = history("Who led the station in 2020?", *(turn.question for turn in SNOW))
    question = standalone("And in 2001?", earlier)

    assert "station" not in question.searched
    assert question.text == "How deep was the snow at Kestrel Ridge in 2001?"


@pytest.mark.parametrize(
    "asked", ["are you sure?", "who said so?", "where does it say that?", "shorter please"]
)
def test_who_doubts_an_answer_asks_the_question_again(asked):
    assert standalone_query(asked, SNOW) == SNOW[0].question


@pytest.mark.parametrize("asked", ["what is the largest load", "who is the boss?"])
def test_a_thing_of_which_is_not_said_whose_it_is_may_lean_or_be_new(asked):
    read = standalone(asked, SNOW)

    assert read.text == asked
    assert "kestrel" in read.topic
    assert read.may_be_new


def test_a_refusal_lends_no_words_to_the_next_search():
    earlier = said(("What does the warden earn?", NOT_HELD))

    assert "documents" not in standalone("And the cook?", earlier).searched


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("how warm was it in may", "how warm was it in May?"),
        ("what happened on 3 mar and on the 2nd may", "what happened on 3 Mar and on the 2nd May?"),
        ("what is the apr of a loan", "what is the apr of a loan?"),
        ("who may march and who may not", "who may march and who may not?"),
        ("is it open in winter ", "is it open in winter?"),
        ("", ""),
    ],
)
def test_months_get_their_capital_and_questions_their_mark(typed, written):
    assert carefully_written(typed) == written

import pytest

from rag.answer.base.refusal import NOT_HELD
from rag.answer.followup.conversation import Standalone, standalone
from rag.answer.followup.signs import points_back
from rag.answer.followup.written_form import carefully_written
from rag.datamodel import Turn


def standalone_query(question, history):
    return standalone(question, history).text


def said(*pairs):
    return [Turn(question=question, answer=answer) for question, answer in pairs]


def history(*questions):
    return said(*((question, "") for question in questions))


COSTCO = history("What were Costco's net sales in fiscal 2021?")
KEEPER = said(("Who keeps the upper hut on the Sturmjoch?", "Ada Venn."))
SNOW = said(("How deep was the snow at Kestrel Ridge in 1999?", "312 cm."))


def test_a_question_that_stands_alone_is_left_as_it_is():
    asked = "How many beds has the Brockenstein station?"

    assert standalone(asked, SNOW).text == asked
    assert standalone(asked, SNOW).topic == ""


def test_key_words_ask_by_themselves_and_one_alone_leans_on_the_topic():
    before = said(("Who runs the station?", "Dr. Mirela Ostheim, head of the station."))

    assert standalone("windiest month", before).topic == ""
    assert "Ostheim" in standalone("salary", before).topic


@pytest.mark.parametrize(
    "asked",
    [
        "How much more snow fell in July than in June?",
        "Did both the guests and the keeper complain?",
    ],
)
def test_more_than_and_both_and_point_back_to_nothing(asked):
    assert not points_back(asked)
    assert standalone(asked, SNOW).text == asked


@pytest.mark.parametrize(
    ("earlier", "asked", "meant"),
    [
        ("how much does a school class pay", "and the sunrise visit?", "the sunrise visit pay?"),
        ("how much was spent on staff in 2025", "and energy?", "spent on energy in 2025?"),
        ("who is the CEO of Best Buy", "and the CFO?", "who is the CFO of Best Buy?"),
        ("what is the odometer of the Jeep", "and the color?", "the color of the Jeep?"),
        ("how many hours of body labor", "and paint labor?", "hours of paint labor?"),
        ("how deep was the snow in march", "and in april?", "the snow in April?"),
        ("what does danger level 3 mean for dogs", "and level 4?", "does level 4 mean for dogs?"),
        (
            "who gives the orchid talk in February 2015?",
            "who in June?",
            "orchid talk in June 2015?",
        ),
    ],
)
def test_a_phrase_gives_way_to_the_one_that_is_most_like_it(earlier, asked, meant):
    assert standalone_query(carefully_written(asked), history(earlier)).endswith(meant)


@pytest.mark.parametrize(
    ("earlier", "asked", "meant"),
    [
        ("list the instruments", "which one is the oldest", "which instruments is the oldest?"),
        ("which visits are there", "which one is cheapest", "which visits is cheapest?"),
    ],
)
def test_which_one_is_one_of_those_that_were_listed(earlier, asked, meant):
    assert standalone_query(carefully_written(asked), history(earlier)) == meant


@pytest.mark.parametrize(
    "asked", ["are you sure?", "who said so?", "where does it say that?", "shorter please"]
)
def test_who_doubts_an_answer_asks_the_question_again(asked):
    assert standalone_query(asked, SNOW) == SNOW[0].question


def test_a_new_subject_is_no_part_of_the_question_before():
    read = standalone("who is the boss?", history("when is path 14 closed?"))

    assert read.text == "who is the boss?"
    assert read.may_be_new


@pytest.mark.parametrize("asked", ["how much money was spent", "why do batteries fail in winter"])
def test_what_points_to_nothing_said_before_is_searched_without_the_topic(asked):
    assert standalone(asked, SNOW) == Standalone(text=asked)


def test_a_thing_of_which_is_not_said_whose_it_is_may_lean_or_be_new():
    read = standalone("what is the largest load", SNOW)

    assert "Kestrel" in read.topic
    assert read.may_be_new


def test_what_can_only_lean_is_no_new_topic():
    assert not standalone("And in 2001?", SNOW).may_be_new
    assert not standalone("How large is it?", SNOW).may_be_new


@pytest.mark.parametrize(
    "asked",
    ["how cold did it get", "how much is it to get in", "is it safe to walk", "did it snow"],
)
def test_it_may_stand_for_nothing(asked):
    assert not points_back(asked)


def test_it_stands_for_what_was_built():
    assert points_back("was it built to last")


@pytest.mark.parametrize("asked", ["list the staff", "Please show the prices.", "explain rime"])
def test_what_an_order_names_is_asked_of_all_documents(asked):
    assert not points_back(asked)
    assert standalone(asked, SNOW).text == asked


def test_an_order_may_point_back_by_a_pronoun():
    assert points_back("list them")


def test_a_first_question_has_nothing_to_lean_on():
    assert standalone_query("And the year before?", []) == "And the year before?"


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("And in 2001?", "How deep was the snow at Kestrel Ridge in 2001?"),
        ("And the year before?", "How deep was the snow at Kestrel Ridge in 1998?"),
        ("What about Gull Point?", "How deep was the snow at Gull Point in 1999?"),
        ("and for Gull Point", "How deep was the snow at Gull Point in 1999?"),
        ("What was it a year later?", "How deep was the snow at Kestrel Ridge in 2000?"),
        ("No, I meant Gull Point.", "How deep was the snow at Gull Point in 1999?"),
        ("Why?", "How deep was the snow at Kestrel Ridge in 1999, and why?"),
    ],
)
def test_a_contrasted_part_is_exchanged_in_the_earlier_question(asked, meant):
    assert standalone_query(asked, SNOW) == meant


@pytest.mark.parametrize(
    ("earlier", "asked", "meant"),
    [
        ("Who built the lower hut?", "And in which year?", "and in which year?"),
        ("How many beds has the Upper hut?", "And the Lower one?", "has the Lower hut?"),
        ("What is the score on crypto-aes?", "And on crypto-sha1?", "score on crypto-sha1?"),
        ("How many freshwater ducks were there in 2022?", "How many saltwater ones?", "ducks"),
        ("How many ducks were seen in 2022?", "How many geese in the same year?", "in 2022"),
    ],
)
def test_ellipses_take_their_missing_part_from_the_earlier_question(earlier, asked, meant):
    assert meant in standalone_query(asked, history(earlier))


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("When did she arrive?", "When did Ada Venn arrive?"),
        ("What is her telephone number?", "What is Ada Venn's telephone number?"),
        ("What did he say?", "What did Ada Venn say?"),
    ],
)
def test_a_person_who_was_asked_for_is_who_is_meant(asked, meant):
    assert standalone_query(asked, KEEPER) == meant


@pytest.mark.parametrize(
    ("earlier", "answer", "asked", "meant"),
    [
        (
            "Tell me about the LinnSequencer.",
            "",
            "How large is its disk?",
            "the LinnSequencer's disk",
        ),
        (
            "What total is on the Shell receipt?",
            "RM 86.00",
            "Who paid it?",
            "paid the Shell receipt",
        ),
        ("Which province is the largest?", "Jaén", "How many people live there?", "in Jaén"),
        ("How many huts does Venn AG run?", "9", "How many of them are open?", "Venn AG's huts"),
        ("How long are the earth rods?", "", "How many are there?", "there (the earth rods)?"),
        ("Who set the record?", "Ada Venn.", "Where was that?", "that (who set the record)?"),
    ],
)
def test_what_pronouns_and_questions_without_a_thing_point_to_is_named(
    earlier, answer, asked, meant
):
    assert meant in standalone_query(asked, said((earlier, answer)))


def test_the_topic_is_kept_over_several_turns():
    earlier = history("What is throat cancer?", "Is it treatable?", "What are its symptoms?")

    assert standalone_query("Can it spread?", earlier) == "Can throat cancer spread?"


def test_a_question_of_its_own_ends_the_topic():
    earlier = history(
        "Who led the station in 2020?", "How deep was the snow at Gull Point in 1999?"
    )
    question = standalone("And in 2001?", earlier)

    assert "station" not in question.searched
    assert question.text == "How deep was the snow at Gull Point in 2001?"


@pytest.mark.parametrize(
    ("before", "meant"),
    [
        ("Why is path 14 closed?", "How much money did they spend?"),
        ("Compare January and February", "How much money did they spend?"),
        ("What are the Upper Huts?", "How much money did the Upper Huts spend?"),
        ("Who is the crew?", "How much money did the crew spend?"),
    ],
)
def test_they_are_several_or_have_a_name(before, meant):
    question = standalone("How much money did they spend?", said((before, "By works.")))

    assert question.text == meant


def test_she_is_nobody_where_nobody_was_spoken_of():
    before = said(("Why is path 14 closed?", "By works."))

    assert standalone("What's her email?", before).text == "What's her email?"


def test_pronouns_that_the_question_itself_explains_are_left():
    asked = "Why did Ada Venn leave her post at the station?"

    assert standalone_query(asked, SNOW) == asked


@pytest.mark.parametrize(
    "asked",
    ["Which visits are there and what do they cost?", "Who wrote the letter and why did he?"],
)
def test_a_second_question_points_to_the_first_one_before_it(asked):
    assert standalone_query(asked, SNOW) == asked


def test_there_is_and_clauses_with_that_point_to_nothing():
    asked = "Is there a rule that huts must close in the Lower Gully?"

    assert standalone_query(asked, SNOW) == asked


def test_a_search_in_key_words_is_no_ellipsis():
    assert standalone_query("Costco total revenue outlook", SNOW) == "Costco total revenue outlook"


@pytest.mark.parametrize("asked", ["opening hours", "warmest month?", "phone number"])
def test_a_few_key_words_ask_by_themselves(asked):
    assert standalone_query(asked, KEEPER) == asked


@pytest.mark.parametrize("asked", ["Only Ada Venn?", "the oldest?"])
def test_a_few_words_that_point_belong_to_the_question_before(asked):
    assert "upper hut" in standalone_query(asked, KEEPER)


def test_there_is_no_thing_that_was_spoken_of():
    earlier = history("Can kids come along?")

    assert standalone_query("How do I get there?", earlier) == "How do I get there?"


def test_retrieval_also_looks_for_the_words_of_the_topic():
    question = standalone("What is her number?", KEEPER)

    assert "Sturmjoch" not in question.text
    assert {"Sturmjoch", "upper", "hut"} <= set(question.searched.split())


@pytest.mark.parametrize(
    ("earlier", "asked", "meant"),
    [
        ("which month was the wettest", "and the driest", "which month was the driest?"),
        ("What is the highest hut?", "the lowest one?", "What is the lowest hut?"),
        ("Which hut has the most beds?", "And the fewest?", "Which hut has the fewest beds?"),
        ("who was most often ill", "and least?", "who was least often ill?"),
        ("Who owns the forest?", "and the driest", "Who owns the forest, the driest?"),
        ("Which hut has the most beds?", "second?", "Which hut has the second most beds?"),
        ("What is the highest hut?", "runner-up?", "What is the second highest hut?"),
    ],
)
def test_a_superlative_is_exchanged_for_another(earlier, asked, meant):
    assert standalone_query(asked, [Turn(question=earlier, answer="")]) == meant


@pytest.mark.parametrize(
    ("earlier", "asked", "meant"),
    [
        ("Which hut has the most beds?", "and which is the highest", "Which hut is the highest"),
        ("Which parts of the book are on ice?", "which ones are on rock?", "on rock?"),
    ],
)
def test_which_of_them_is_which_of_the_things_asked_for_before(earlier, asked, meant):
    told = standalone_query(asked, [Turn(question=earlier, answer="")])

    assert told.lower().endswith(meant.lower())


def test_an_exchanged_year_comes_back_for_the_next_question():
    earlier = [*COSTCO, *history("And the year before?")]

    assert "fiscal 2019" in standalone_query("And the year before that?", earlier)


def test_an_empty_question_stays_empty():
    assert standalone("", KEEPER).searched == ""


def test_marks_of_an_earlier_answer_are_not_searched():
    earlier = said(("Who keeps the hut?", "Ada Venn keeps it [1]."))

    assert "[1]" not in standalone("Since when?", earlier).searched


def test_a_question_that_points_at_nothing_is_left_as_typed():
    history = [Turn(question="What does the warden earn?", answer="300 francs a month")]

    assert standalone_query("Which path is closed?", history) == "Which path is closed?"


def test_a_refusal_lends_no_words_to_the_next_search():
    history = [Turn(question="What does the warden earn?", answer=NOT_HELD)]

    assert "documents" not in standalone("And the cook?", history).searched

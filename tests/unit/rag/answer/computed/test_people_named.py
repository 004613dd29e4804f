"""People whom documents name with what they do."""

import pytest
from builders_answer import chunk, hit

from rag.answer.computed.people import asks_for_head, asks_for_people, people, people_searches
from rag.answer.question.question import understand

FOREWORD = "I thank Ada Frey, who kept the stoves going; Jon Berg, who mended the mast. It rained."
SIGNED = "Dr. Mira Ost, head of the hut"
PAGE = "The hut opens in May. Page kept by Lea Rohr. Its first keeper was Otto Brand."
NOTICE = "Ask the site manager, Rosa Nied, at the cable car. The Weather Station, built in 1931."
HITS = [
    hit(chunk(str(n), text), rank=n)
    for n, text in enumerate((FOREWORD, SIGNED, PAGE, NOTICE), start=1)
]


def names(question, hits=HITS):
    return [one.name for one in people(understand(question), hits)]


def test_heads_come_first_and_the_past_last():
    assert names("list the staff") == [
        "Dr. Mira Ost",
        "Rosa Nied",
        "Ada Frey",
        "Jon Berg",
        "Lea Rohr",
        "Otto Brand",
    ]


def test_the_head_is_asked_for_by_any_of_its_words():
    for question in ("who is in charge?", "Who runs the hut?", "who's the boss"):
        assert names(question) == ["Dr. Mira Ost"]


def test_where_nobody_is_called_a_head_managers_and_directors_are_told():
    assert names("who is in charge?", HITS[2:]) == ["Rosa Nied"]


@pytest.mark.parametrize(
    ("text", "heads"),
    [
        ("Ada Frey was appointed our Chief Executive Officer in 2019.", ["Ada Frey"]),
        ("Ada Frey was our Chief Executive Officer until 2019. Jon Berg, head.", ["Jon Berg"]),
        ("Ada Frey, Executive Vice President. Jon Berg, Deputy Director.", []),
        ("Ada Frey is our Chief Merchandising Officer.", []),
    ],
)
def test_deputies_and_other_officers_are_no_heads(text, heads):
    assert names("who is in charge?", [hit(chunk("a", text))])[:1] == heads


def test_each_is_told_by_the_clause_that_names_the_role():
    clauses = {one.name: one.clause for one in people(understand("list the staff"), HITS)}

    assert clauses["Dr. Mira Ost"] == "Dr. Mira Ost, head of the hut"
    assert clauses["Jon Berg"] == "Jon Berg, who mended the mast."


def test_words_that_stand_in_small_letters_elsewhere_are_no_name():
    text = (
        "The human side matters, and so do relations. Human Relations, head office. Ada Frey, head."
    )

    assert names("who is in charge?", [hit(chunk("a", text))]) == ["Ada Frey"]


def test_only_places_about_what_the_question_names_count():
    other = hit(chunk("b", "Sam Lund, director of the Blue Shop"), rank=2)

    assert names("Who runs the Blue Shop?", [*HITS, other]) == ["Sam Lund"]


@pytest.mark.parametrize(
    ("question", "whom"),
    [
        ("List the staff", "all"),
        ("who works there?", "all"),
        ("who are the people at the station", "all"),
        ("who is in charge", "head"),
        ("who is the head of the station", "head"),
        ("who is the CEO of disney", "nobody"),
        ("Who is the chief technology officer of the hut?", "nobody"),
        ("which directors are named?", "nobody"),
        ("How many staff members are there?", "nobody"),
        ("who has more employees, A or B?", "nobody"),
        ("what did people say of the leader", "nobody"),
    ],
)
def test_people_are_asked_for_by_what_they_do(question, whom):
    asked = understand(question)

    assert asks_for_people(asked) == (whom != "nobody")
    assert asks_for_head(asked) == (whom == "head")
    assert bool(people_searches(asked)) == (whom != "nobody")

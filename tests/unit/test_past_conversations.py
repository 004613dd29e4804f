from dataclasses import replace

import pytest
from builders_ui import a_chunk, a_hit, an_answer

from rag.datamodel import BBox, Context, Figure, Filters, Query, QueryImage
from rag.index.answer_codec import decode_answer, encode_answer
from rag.index.conversations import Conversations, Exchange
from rag.index.ledger import Ledger


@pytest.fixture
def past(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    times = iter(range(1000))
    yield Conversations(ledger, now=lambda: float(next(times)))
    ledger.close()


def names(past, words=""):
    return [record.name for record in past.records(words)]


def test_an_answer_comes_back_with_all_that_shows_its_sources():
    chunk = a_chunk()
    whole = an_answer("Snow fell. [1]", chunk)
    answer = replace(
        whole,
        query=Query(
            text="Snow?",
            image=QueryImage(path="a.png", phash="0" * 16, lettering="STOP"),
            filters=Filters(within=("a/",), media_types=("text/plain",)),
            region=a_chunk("A part."),
        ),
        context=Context(hits=(replace(a_hit(chunk), found_by=(("dense", 2),), relevance=0.5),)),
        nearest=(a_hit(a_chunk("Near.")),),
        figures=(
            Figure(citation=0, caption="c", alt="a", page=2, bbox=BBox(x0=0, y0=0, x1=1, y1=1)),
        ),
        unsupported=((0, 4),),
        notes=("By words alone.",),
        timings_s=(("total", 0.5),),
    )

    assert decode_answer(encode_answer(answer)) == answer


def test_a_conversation_is_named_by_its_first_question_and_found_by_any_of_its_words(past):
    past.put("a", 0, Exchange(question="How  much\nsnow?", answer=an_answer("312 cm.")))
    past.put("a", 1, Exchange(question="And rain?"))
    past.put("b", 0, Exchange(question="Who keeps 100_% the hut?"))

    assert names(past) == ["Who keeps 100_% the hut?", "How much snow?"]
    assert names(past, "RAIN 312") == ["How much snow?"]
    assert names(past, "0_%") == ["Who keeps 100_% the hut?"]
    assert names(past, "1%2") == []
    assert [record.exchanges for record in past.records("rain")] == [2]


def test_a_question_asked_anew_takes_the_place_of_what_came_after_it(past):
    for position, question in enumerate(("One?", "Two?", "Three?")):
        past.put("a", position, Exchange(question=question, region="r", scope=("in:a/",)))
    past.put("a", 1, Exchange(question="Another?"))

    assert [e.question for e in past.get("a")] == ["One?", "Another?"]
    assert past.get("a")[0].scope == ("in:a/",)


def test_a_deleted_conversation_can_be_brought_back_until_the_next_one_goes(past):
    past.put("a", 0, Exchange(question="One?"))
    past.put("b", 0, Exchange(question="Two?"))
    past.delete("a")
    assert (names(past), past.get("a")) == (["Two?"], [])
    past.restore("a")
    assert past.get("a")[0].question == "One?"
    past.delete("a")
    past.delete("b")
    past.restore("a")

    assert names(past) == []


def test_a_name_is_changed_but_never_to_nothing(past):
    past.put("a", 0, Exchange(question="One?"))

    past.put("a", 0, Exchange(question="Two?"))
    assert names(past) == ["Two?"]
    assert past.rename("a", " Snow \n depth ")
    assert past.rename("a", "  ")
    assert names(past) == ["Snow depth"]
    assert not past.rename("b", "x")
    past.put("a", 0, Exchange(question="Three?"))
    assert names(past) == ["Snow depth"]


def test_an_answer_that_can_not_be_read_any_more_leaves_its_question(past, tmp_path):
    past.put("a", 0, Exchange(question="One?", answer=an_answer("Yes.")))
    other = Ledger(tmp_path / "ledger.sqlite")
    with other.write() as db:
        db.execute("UPDATE exchanges SET body = ?", (b'["","",[]]\nnothing',))
    other.close()

    assert past.get("a") == [Exchange(question="One?")]

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from builders_index import WITHOUT_LATER_COLUMNS
from builders_ui import a_chunk, a_hit, an_answer

from rag.datamodel import BBox, Context, Figure, Filters, Query, QueryImage, Turn
from rag.index.conversations.conversations import Conversations, Exchange, KeptAttachment
from rag.index.conversations.reports import Reports
from rag.index.ledger.ledger import Ledger
from rag.index.rows.answer_codec import decode_answer, encode_answer
from service.asking.answer_json import cited_json


@pytest.fixture
def past(store):
    times = iter(range(1000))
    return Conversations(store, now=lambda: float(next(times)))


def put(past, key, exchange_id, question, answer=None, **more):
    """Store an exchange, after the last or `after` another."""
    after = more.pop("after", None)
    exchange = Exchange(id=exchange_id, question=question, answer=answer, **more)
    past.put(key, exchange, after=after)


def questions(past, key="a"):
    return [exchange.question for exchange in past.get(key)]


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
    put(past, "a", "1", "How  much\nsnow?", an_answer("312 cm."))
    put(past, "a", "2", "And rain?")
    put(past, "b", "1", "Who keeps 100_% the hut?")

    assert names(past) == ["Who keeps 100_% the hut?", "How much snow?"]
    assert names(past, "RAIN 312") == ["How much snow?"]
    assert names(past, "0_%") == ["Who keeps 100_% the hut?"]
    assert names(past, "1%2") == []
    assert [record.exchanges for record in past.records("rain")] == [2]


def test_an_edited_question_is_a_branch_and_nothing_is_overwritten(past):
    for key, question in (("1", "One?"), ("2", "Two?"), ("3", "Three?")):
        put(past, "a", key, question, region="r", scope=("in:a/",))
    put(past, "a", "4", "Another?", after="1")

    assert questions(past) == ["One?", "Another?"]
    assert past.get("a")[0].scope == ("in:a/",)
    assert past.versions("a") == {"1": ("1",), "2": ("2", "4"), "4": ("2", "4"), "3": ("3",)}
    assert [exchange.question for exchange in past.get("a", last="3")] == ["One?", "Two?", "Three?"]
    assert names(past, "three") == ["One?"]


def test_a_branch_is_gone_back_to_as_far_as_it_went(past):
    for key, question in (("1", "One?"), ("2", "Two?"), ("3", "Three?")):
        put(past, "a", key, question)
    put(past, "a", "4", "Another?", after="1")

    assert past.go_to("a", "2")
    assert questions(past) == ["One?", "Two?", "Three?"]
    assert past.go_to("a", "4")
    assert questions(past) == ["One?", "Another?"]
    assert not past.go_to("a", "9")
    put(past, "a", "5", "First?", after="")
    assert (questions(past), names(past)) == (["First?"], ["First?"])
    past.go_to("a", "1")
    assert (questions(past), names(past)) == (["One?", "Another?"], ["One?"])


def test_an_answer_is_written_where_its_question_stands(past):
    put(past, "a", "1", "One?")
    put(past, "a", "2", "Two?")
    put(past, "a", "1", "One?", an_answer("Yes."))
    put(past, "a", "2", "Two?", told="Stopped.")

    assert [exchange.answer.text for exchange in past.get("a")[:1]] == ["Yes."]
    assert past.exchange("a", "2") == Exchange(id="2", question="Two?", told="Stopped.")
    assert past.exchange("a", "3") is None
    assert names(past, "yes.") == ["One?"]


def test_a_branch_of_somebody_else_is_not_there(past, open_store):
    put(past, "a", "1", "One?")
    other = Conversations(open_store(), owner="ben")
    other.put("a", Exchange(id="2", question="Mine?"), after="")

    assert (other.versions("a"), other.go_to("a", "1"), other.exchange("a", "1")) == (
        {},
        False,
        None,
    )
    assert questions(past) == ["One?"]


def test_a_deleted_conversation_can_be_brought_back_until_the_next_one_goes(past):
    put(past, "a", "1", "One?")
    put(past, "b", "1", "Two?")
    past.delete("a")
    assert (names(past), past.get("a")) == (["Two?"], [])
    past.restore("a")
    assert questions(past) == ["One?"]
    past.delete("a")
    past.delete("b")
    past.restore("a")

    assert names(past) == []


def test_a_question_asked_in_another_tab_brings_a_deleted_conversation_back(past):
    put(past, "a", "1", "One?")
    past.delete("a")
    put(past, "a", "1", "One?", an_answer("It was being written still."))
    assert names(past) == []
    put(past, "a", "2", "Two?")
    past.purge()

    assert questions(past) == ["One?", "Two?"]


def test_a_name_is_changed_but_never_to_nothing(past):
    put(past, "a", "1", "One?")

    put(past, "a", "2", "Two?", after="")
    assert names(past) == ["Two?"]
    assert past.rename("a", " Snow \n depth ")
    assert past.rename("a", "  ")
    assert names(past) == ["Snow depth"]
    assert not past.rename("b", "x")
    put(past, "a", "3", "Three?", after="")
    assert names(past) == ["Snow depth"]


def test_an_answer_that_can_not_be_read_any_more_leaves_its_question(past, store):
    put(past, "a", "1", "One?", an_answer("Yes."))
    with store.write() as db:
        db.execute("UPDATE exchanges SET body = ?", (b'["","",[]]\nnothing',))

    assert past.get("a") == [Exchange(id="1", question="One?")]


def test_a_ledger_of_an_earlier_version_keeps_its_exchanges_and_whose_reports_they_are(tmp_path):
    """Positions were their ids before, and reports still know them by these."""
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    for position in range(12):
        put(Conversations(ledger), "a", f"{position}", f"{position}?", an_answer("Yes."))
    reported = Reports(ledger).put("a", "11", Conversations(ledger).get("a"), cited=cited_json)
    ledger.close()
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(WITHOUT_LATER_COLUMNS)

    ledger = Ledger(path)
    past, reports = Conversations(ledger), Reports(ledger)
    put(past, "a", past.new_id(), "More?")

    assert questions(past) == [*(f"{n}?" for n in range(12)), "More?"]
    assert past.get("a")[11].answer.text == "Yes."
    assert [report.id for report in reports.all()] == [reported]
    assert reports.put("a", "11", past.get("a"), cited=cited_json) == reported
    ledger.close()


HEAD = b'["p1","page 2",["in:a/"],[["d9","m.eml","p2"]]]'


def test_what_came_with_a_question_is_stored_as_ever(past, store):
    given = KeptAttachment(doc_id="d9", name="m.eml", picture="p2")
    came = {"picture": "p1", "region": "page 2", "scope": ("in:a/",), "attachments": (given,)}
    put(past, "a", "1", "Snow?", **came)

    with store.read() as db:
        assert db.execute("SELECT body FROM exchanges").fetchall() == [(HEAD + b"\n",)]
    assert past.get("a") == [Exchange(id="1", question="Snow?", **came)]


def test_what_came_with_a_question_before_there_were_attachments_is_read(past, store):
    put(past, "a", "1", "Snow?")
    with store.write() as db:
        db.execute("UPDATE exchanges SET body = ?", (b'["p1","page 2",["in:a/"]]\n',))

    (exchange,) = past.get("a")

    assert (exchange.picture, exchange.scope, exchange.attachments) == ("p1", ("in:a/",), ())


REPORT = (
    b'{"answer":"Snow fell.","answered":true,"history":[["Rain?","3 mm."]],"picture":"",'
    b'"attachments":[],"region":"","scope":["in:a/"],"cited":[{"page":2}],'
    b'"grounds":[["d1","a.pdf"]]}'
)


@pytest.mark.parametrize(
    "body", [REPORT, REPORT.replace(b'"attachments":[],', b"").replace(b',"grounds"', b',"old"')]
)
def test_a_report_is_read_as_ever(store, body):
    with store.write() as db:
        db.execute(
            "INSERT INTO reports (id, reported_s, conversation_id, question, body, owner)"
            " VALUES ('r', 1.0, 'a', 'Snow?', ?, '')",
            (body,),
        )

    (report,) = Reports(store).all()

    assert (report.answer, report.history) == (
        "Snow fell.",
        (Turn(question="Rain?", answer="3 mm."),),
    )
    assert (report.scope, report.cited) == (("in:a/",), ({"page": 2},))

import pytest
from builders_ui import an_answer

from rag.datamodel import Turn
from rag.storage.conversations.conversations import Conversations, Exchange
from rag.storage.conversations.reports import Reports


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

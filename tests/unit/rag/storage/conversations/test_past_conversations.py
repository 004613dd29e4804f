"""Conversations, pins and what people prefer: kept as they were, for those alone who may read."""

import pytest
from builders_ui import a_chunk, an_answer

from rag.datamodel import NO_WISHES, AnswerWishes, Query, Turn
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.exchange import WITHHELD, Exchange, KeptAttachment
from rag.storage.conversations.personal import NEXT, Pins, Preferences
from rag.storage.conversations.reports import Reports
from rag.storage.database.database import Database
from rag.storage.images.assets import AssetStore
from rag.storage.workspace.care import Tidy


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


def test_questions_that_were_removed_can_be_brought_back_until_something_else_goes(past):
    for key, question in (("1", "One?"), ("2", "Two?"), ("3", "Three?")):
        put(past, "a", key, question)
    past.remove("a", "2")
    assert (questions(past), names(past), names(past, "three")) == (["One?"], ["One?"], [])
    assert past.exchange("a", "3") is None
    put(past, "a", "4", "Four?")
    past.restore("a", "2", shows=False)
    assert questions(past) == ["One?", "Four?"]
    assert past.versions("a")["4"] == ("2", "4")

    past.remove("a", "4")
    assert questions(past) == ["One?", "Two?", "Three?"]
    past.restore("a", "4")
    assert questions(past) == ["One?", "Four?"]
    past.remove("a", "2")
    past.remove("a", "4")
    past.restore("a", "2")
    assert questions(past) == ["One?"]
    past.restore("a", "4")
    assert questions(past) == ["One?", "Four?"]


def test_what_was_removed_comes_back_to_its_own_conversation_and_person_alone(store):
    ann, bob = Conversations(store, owner="ann"), Conversations(store, owner="bob")
    for key in "12":
        put(ann, "a", key, f"{key}?")
        put(bob, "b", key, f"{key}?")
    ann.remove("a", "2")
    bob.restore("b", "2")
    bob.restore("a", "2")
    assert questions(ann) == ["1?"]
    assert questions(bob, "b") == ["1?", "2?"]

    ann.restore("a", "2")
    assert questions(ann) == ["1?", "2?"]
    ann.restore("a", "a")  # no exchange
    ann.remove("a", "2")
    ann.purge()
    ann.restore("a", "2")
    assert questions(ann) == ["1?"]


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


TALK, OTHER = "a" * 16, "b" * 16


def ask(store, talk, exchange_id="1", **more):
    store.put(talk, Exchange(id=exchange_id, question="Snow?", **more))


def test_what_one_process_keeps_another_sees_as_changed(open_store):
    here, there = Conversations(open_store()), Conversations(open_store())
    before = there.revision()
    ask(here, TALK, "1")
    ask(here, TALK, "2")

    assert there.revision() > before
    assert there.changed_since(before) == {TALK: "2"}
    assert there.changed_since(there.revision()) == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda store: ask(store, TALK, "2"),
        lambda store: ask(store, TALK, "1", failure="Stopped."),
        lambda store: store.rename(TALK, "Winter"),
        lambda store: store.go_to(TALK, "1"),
        lambda store: store.set_scope(TALK, ["in:a.pdf"]),
        lambda store: store.delete(TALK),
    ],
    ids=["asked", "answered", "renamed", "another branch", "another scope", "deleted"],
)
def test_whatever_changes_of_a_conversation_is_told_of_it_alone(open_store, change):
    store = Conversations(open_store())
    ask(store, OTHER)
    ask(store, TALK)
    before = store.revision()
    change(store)

    assert set(store.changed_since(before)) == {TALK}


def test_of_what_others_say_nothing_is_told(open_store):
    ledger = open_store()
    mine, theirs = Conversations(ledger, owner="ann"), Conversations(ledger, owner="bob")
    ask(mine, TALK)
    before = mine.revision()
    ask(theirs, OTHER)

    assert mine.revision() == before
    assert mine.changed_since(0) == {TALK: "1"}
    assert not theirs.set_scope(TALK, ["in:a.pdf"])
    assert theirs.scope(TALK) == ()


def snow(exchange_id="e1", text="Snow fell [1].", **more):
    answer = an_answer(text, a_chunk(), query=Query(text="How much snow?"))
    return Exchange(id=exchange_id, question="How much snow?", answer=answer, **more)


def test_a_pinned_answer_outlives_its_conversation(store):
    store, pins = Conversations(store), Pins(store)
    store.put(TALK, snow())
    pins.put(TALK, snow())
    store.delete(TALK)
    store.purge()

    assert pins.all()[0].exchange.answer.text == "Snow fell [1]."


def test_pins_of_others_are_not_there(store):
    ann, bob = Pins(store, owner="ann"), Pins(store, owner="bob")
    ann.put(TALK, snow())
    bob.withdraw(TALK, "e1")

    assert bob.all() == []
    assert bob.of(TALK) == []
    assert not bob.note(TALK, "e1", "mine")
    assert len(ann.all()) == 1


def test_a_pinned_answer_is_withheld_where_its_documents_may_not_be_seen_any_more(store):
    Pins(store, owner="ann").put(TALK, snow())
    now = Pins(store, owner="ann", may_show=lambda _: False)

    assert now.all()[0].exchange.answer.text == WITHHELD
    assert now.exchange(TALK, "e1").answer.citations == ()


def test_files_that_came_with_a_pinned_question_are_in_use(store, tmp_path):
    given = KeptAttachment(doc_id="f" * 64, name="receipt.jpg")
    Pins(store).put(TALK, snow(attachments=(given,), picture="b" * 64))
    documents = Database(tmp_path / "documents.sqlite")
    tidy = Tidy(tmp_path, documents, AssetStore(tmp_path / "assets", megapixels=1), store)

    assert tidy.attached() == {"f" * 64}
    assert "b" * 64 in tidy.in_use()


def test_what_is_wished_for_the_next_conversation_is_that_of_the_one_that_begins(store):
    kept = Preferences(store)
    kept.set_wishes(NEXT, length="long", quoted=True)
    kept.begin(TALK)

    assert kept.wishes(TALK) == AnswerWishes(length="long", quoted=True)
    assert kept.wishes(NEXT) == NO_WISHES
    kept.set_wishes(TALK, length="usual", quoted=False, writer="large")
    assert kept.wishes(TALK) == AnswerWishes(writer="large")
    kept.set_wishes(TALK, length="short", quoted=False)
    assert kept.wishes(TALK) == AnswerWishes(length="short")


def test_prompts_are_saved_once_and_removed(store):
    kept, other = Preferences(store), Preferences(store, owner="bob")
    assert kept.save_prompt("What is due?")
    assert kept.save_prompt("What is due?")
    assert not kept.save_prompt("  ")
    ((number, text),) = kept.prompts()
    other.remove_prompt(number)

    assert text == "What is due?"
    assert len(kept.prompts()) == 1
    kept.remove_prompt(number)
    assert kept.prompts() == []

import pytest

from rag.storage.conversations.conversations import Conversations, Exchange

TALK, OTHER = "a" * 16, "b" * 16


def put(store, talk, exchange_id="1", **more):
    store.put(talk, Exchange(id=exchange_id, question="Snow?", **more))


def test_what_one_process_keeps_another_sees_as_changed(open_store):
    here, there = Conversations(open_store()), Conversations(open_store())
    before = there.revision()
    put(here, TALK, "1")
    put(here, TALK, "2")

    assert there.revision() > before
    assert there.changed_since(before) == {TALK: "2"}
    assert there.changed_since(there.revision()) == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda store: put(store, TALK, "2"),
        lambda store: put(store, TALK, "1", told="Stopped."),
        lambda store: store.rename(TALK, "Winter"),
        lambda store: store.go_to(TALK, "1"),
        lambda store: store.set_scope(TALK, ["in:a.pdf"]),
        lambda store: store.delete(TALK),
    ],
    ids=["asked", "answered", "renamed", "another branch", "another scope", "deleted"],
)
def test_whatever_changes_of_a_conversation_is_told_of_it_alone(open_store, change):
    store = Conversations(open_store())
    put(store, OTHER)
    put(store, TALK)
    before = store.revision()
    change(store)

    assert set(store.changed_since(before)) == {TALK}


def test_of_what_others_say_nothing_is_told(open_store):
    ledger = open_store()
    mine, theirs = Conversations(ledger, owner="ann"), Conversations(ledger, owner="bob")
    put(mine, TALK)
    before = mine.revision()
    put(theirs, OTHER)

    assert mine.revision() == before
    assert mine.changed_since(0) == {TALK: "1"}
    assert not theirs.set_scope(TALK, ["in:a.pdf"])
    assert theirs.scope(TALK) == ()

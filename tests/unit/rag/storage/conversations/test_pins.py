"""Pinned answers: kept as they were, with a note, for those alone who may read them."""

from builders_ui import a_chunk, an_answer

from rag.datamodel import Query
from rag.storage.conversations.conversations import (
    WITHHELD,
    Conversations,
    Exchange,
    KeptAttachment,
)
from rag.storage.conversations.pins import Pins
from rag.storage.database.database import Database
from rag.storage.images.assets import AssetStore
from rag.storage.workspace.tidy import Tidy

TALK = "a" * 16


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

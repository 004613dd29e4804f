"""What comes with a question in the chat: shown, kept, gone on from, seen by who brought it."""

import re
from functools import partial

import pytest
from builders_ui import BOX, a_chunk, an_answer, digest
from fake_engine import FakeEngine
from fake_ingest import FakeIngest
from fake_library import FakeLibrary, FakeRenderer
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pagelight.server.app.page_routes import page_routes
from pagelight.server.middleware.headers import answer_errors
from pagelight.services.answering.answer_json import cited_json
from pagelight.services.answering.asking import UserIncoming, UserLibrary
from pagelight.services.answering.question_queue import QuestionQueue, QueuedEngine
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.rendering.page_pictures import Pages
from pagelight.ui.chat.answer_streamer import MAX_FILES, AnswerStreamer
from pagelight.ui.chat.conversation import Conversation, ConversationSaver, places_by
from pagelight.ui.library.routes import adding_routes
from pagelight.ui.source.crops import Regions
from rag.datamodel import Provenance
from rag.storage.conversations.conversations import Conversations

RECEIPT = b"a receipt"
LINE = Provenance(page=1, bbox=BOX, span=(0, 4))
FROM_FOLDER = a_chunk()


def cited(name, data):
    return a_chunk("25.50", source=name, doc_id=digest(data), provenances=(LINE,))


class Person:
    """One person's chat over a library and attachments that are everybody's."""

    def __init__(self, engine, folder, owner=""):
        self.folder, self.whole = folder, engine
        self.store = Conversations(engine.index._users, owner=owner)  # noqa: SLF001 - a fake's
        self.library = UserLibrary(engine.index, engine.attached)
        self.library.conversations = self.store
        self.engine = QueuedEngine(engine, QuestionQueue(4), self.library)
        self.replier = AnswerStreamer(
            self.engine,
            incoming=UserIncoming(engine.incoming, self.library),
            saver=ConversationSaver(self.library),
        )
        self.said = Conversation()
        self.places = partial(places_by, library=self.library, growing=lambda *_: None)

    def file(self, name="receipt.png", data=RECEIPT):
        path = self.folder / digest(data)[:8] / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return str(path)

    def ask(self, text, *files, said=None, **options):
        list(self.replier.reply(said or self.said, text, list(files), **options))
        return [attachment.name for attachment in self.whole.asked[-1][0].attachments]

    def client(self, *, may_add=False):
        jobs = Jobs(FakeIngest, folder=self.folder)
        pages = Pages(
            self.library,
            renderer=FakeRenderer(),
            attached=self.whole.attached,
        )
        app = FastAPI()
        answer_errors(app)
        app.include_router(
            page_routes(
                self.engine,
                places=self.places,
                pages=pages,
                regions=Regions(self.library, pages, lambda _: None),
                may_add=lambda doc_id: may_add and self.library.is_new(doc_id),
                kept=self.engine.index,
            )
        )
        app.include_router(adding_routes(self.library, jobs, limit_mb=1, among=None, send=bool))
        return TestClient(app)


@pytest.fixture
def engine(tmp_path):
    answer = an_answer("**25.50** [1]", cited("receipt.png", RECEIPT))
    return FakeEngine(index=FakeLibrary(folder=tmp_path), answers=[answer])


@pytest.fixture
def ann(engine, tmp_path):
    return Person(engine, tmp_path, "ann")


def places_of(person, html):
    """Return the places that the thumbnails of a question open."""
    keys = re.findall(r'class="given[^"]*" name="source" value="([0-9a-f_g]+)/(\d+)"', html)
    return [person.places(key)[int(position)] for key, position in keys]


# In the bubble


def test_a_question_shows_what_came_with_it_and_it_opens_at_the_cited_words(ann):
    ann.ask("Total?", ann.file())
    html = ann.said.messages[0]["content"]
    (place,) = places_of(ann, html)

    picture = ann.library.document(digest(RECEIPT)).elements[0].image.id
    assert f'<img src="/asset/{picture}"' in html
    assert "receipt.png" in html
    assert (place.page, place.boxes) == (1, (BOX,))
    key = re.search(r'value="([0-9a-f_g]+)/0"', html)[1]
    panel = ann.client().get(f"/source/{key}/0").text
    assert 'class="lit' in panel
    assert f"/asset/{picture}" in panel


def test_what_cannot_be_read_is_shown_as_such_and_the_rest_is_asked_about(ann):
    assert ann.ask("Total?", ann.file("broken.png", b"?"), ann.file()) == [
        "broken.png",
        "receipt.png",
    ]
    html = ann.said.messages[0]["content"]
    assert '<span class="given unread">' in html
    assert len(places_of(ann, html)) == 1


def test_more_files_than_a_question_takes_are_told(ann):
    files = [ann.file(f"{n}.png", bytes([n])) for n in range(MAX_FILES + 1)]
    ann.ask("Total?", *files)
    *_, last = ann.whole.asked[-1][0].attachments
    assert last.note == f"{MAX_FILES}.png was not read: a question takes {MAX_FILES} files."


# Kept


def test_a_reopened_conversation_has_its_attachments_and_asks_about_them_again(ann, engine):
    ann.ask("Total?", ann.file())
    for path in ann.folder.glob("*/receipt.png"):
        path.unlink()  # uploads go
    later = Person(engine, ann.folder, "ann")
    again = later.replier.saver.reopened(ann.said.id)

    (place,) = places_of(later, again.messages[0]["content"])
    assert place.boxes == (BOX,)
    list(later.replier.again(again, 0))
    (attachment,) = engine.asked[-1][0].attachments
    assert (attachment.doc_id, attachment.name) == (digest(RECEIPT), "receipt.png")


def test_files_of_deleted_conversations_and_of_none_are_not_in_use(ann, engine):
    ann.ask("Total?", ann.file())
    other = Conversation()
    ann.ask("Total?", ann.file("other.png", b"other"), said=other)
    assert engine.index.tidy.attached() == {digest(RECEIPT), digest(b"other")}
    engine.index.reports.put(
        other.id, other.exchanges[0].asked.id, ann.store.get(other.id), cited=cited_json
    )
    for said in (ann.said, other):
        ann.store.delete(said.id)
    engine.index.conversations.purge()
    assert engine.index.tidy.attached() == {digest(b"other")}  # its report needs it


# Follow-ups


def test_a_question_after_an_answer_from_documents_is_not(ann, engine):
    ann.ask("Total?", ann.file())
    engine.answers = [an_answer("Snow fell. [1]", FROM_FOLDER)]
    assert ann.ask("How much snow fell in May?") == [
        "receipt.png"
    ]  # what it is about is told later
    assert ann.ask("And in June?") == []
    assert ann.ask("What was the total on the receipt?") == ["receipt.png"]


def test_who_chooses_what_is_searched_asks_no_more_about_what_came(ann):
    ann.ask("Total?", ann.file())
    assert ann.ask("Who wrote it?", scope=("in:report.pdf",)) == []
    assert ann.ask("And on the receipt?", scope=("in:report.pdf",)) == ["receipt.png"]


def test_a_follow_up_in_a_reopened_conversation_is_shown_as_one(ann, engine):
    ann.ask("Total?", ann.file())
    ann.ask("And the date?")
    later = Person(engine, ann.folder, "ann")
    again = later.replier.saver.reopened(ann.said.id)
    assert "About <bdi>receipt.png</bdi>" in again.messages[2]["content"]
    assert later.ask("And the shop?", said=again) == ["receipt.png"]


# Of two people


def test_an_attachment_is_seen_by_who_brought_it_alone_under_their_name(ann, engine, tmp_path):
    bob = Person(engine, tmp_path, "bob")
    ann.ask("Total?", ann.file())
    doc_id = digest(RECEIPT)
    picture = ann.library.document(doc_id).elements[0].image.id
    urls = [f"/document/{doc_id}/1", f"/asset/{picture}", f"/crop/{doc_id}/1/0-0-5000-5000.png"]

    assert [ann.client().get(url).status_code for url in urls] == [200, 200, 200]
    assert [bob.client().get(url).status_code for url in urls] == [404, 404, 404]
    assert bob.client().post(f"/attached/{doc_id}").status_code == 404
    bob.ask("Total?", bob.file("mine.png"))  # the same bytes
    assert bob.library.document(doc_id).sources == ("mine.png",)
    assert bob.library.documents() == []
    assert [bob.client().get(url).status_code for url in urls] == [200, 200, 200]


# Into the folder


def test_an_attachment_is_added_to_the_folder_under_its_name(ann, engine):
    ann.ask("Total?", ann.file())
    doc_id, client = digest(RECEIPT), ann.client(may_add=True)

    assert f'data-add="{doc_id}"' in client.get(f"/document/{doc_id}/1").text
    assert "data-add" not in ann.client().get(f"/document/{doc_id}/1").text
    assert client.post(f"/attached/{doc_id}").status_code == 201
    assert (ann.folder / "receipt.png").read_bytes() == RECEIPT
    again = client.post(f"/attached/{doc_id}")
    assert (again.status_code, again.json()["error"]) == (
        422,
        "There is a file receipt.png already. Rename the new one.",
    )
    engine.index.docs[doc_id] = ann.library.document(doc_id)  # it was read
    assert "data-add" not in client.get(f"/document/{doc_id}/1").text

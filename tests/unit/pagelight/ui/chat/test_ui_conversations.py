import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from builders_ui import BOX, a_chunk, a_document, an_answer, client_of
from fake_engine import FakeEngine, streamer_of
from fake_library import FakeLibrary, FakeRenderer
from markdown_it import MarkdownIt

from pagelight.services.answering.answer_json import cited_json
from pagelight.services.rendering.page_pictures import Pages
from pagelight.ui.answers.saved import as_markdown
from pagelight.ui.chat.conversation import UNFINISHED, Conversation, places_by
from pagelight.ui.chat.routes import conversation_routes, list_html, time_text
from pagelight.ui.language import speaking
from pagelight.ui.source.crops import figure_reader
from rag.datamodel import Element, Figure
from rag.storage.conversations.conversations import ConversationRecord
from rag.storage.conversations.exchange import Exchange

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Room:
    """A chat without a page: a replier whose conversations are kept."""

    def __init__(self, folder, *docs):
        self.library = FakeLibrary(*docs, folder=folder)
        self.store = self.library.conversations
        self.engine = FakeEngine(index=self.library, answers=[an_answer("Snow. [1]", a_chunk())])
        self.replier = streamer_of(self.engine)

    def said(self, *questions, **options):
        said = Conversation()
        for question in questions:
            list(self.replier.reply(said, question, [], **options))
        return said

    def questions(self, said):
        return [exchange.question for exchange in self.store.get(said.id)]

    def client(self):
        pages = Pages(self.library, renderer=FakeRenderer())
        read = figure_reader(self.library, pages)
        routes = conversation_routes(
            self.store, None, read, delete=self.store.delete, restore=self.store.restore
        )
        return client_of(routes)


@pytest.fixture
def room(tmp_path):
    return Room(tmp_path, a_document(Element(role="paragraph", text="Snow."), page_count=2))


def last(said):
    return said.messages[-1]["content"]


def test_a_conversation_is_opened_again_as_it_was_with_its_sources(room):
    said = room.said("Snow?", "And rain?")
    again = room.replier.saver.reopened(said.id)
    (place,) = places_by(again.exchanges[1].key, room.library, lambda *_: None)

    assert again.turns == said.turns
    assert again.messages == said.messages
    assert place.boxes == (BOX,)


def test_a_source_that_is_gone_is_told_of(room):
    said = room.said("Snow?")
    room.library.docs.clear()

    assert "Changed or removed since this was asked: report.pdf." in last(
        room.replier.saver.reopened(said.id)
    )


def test_a_question_is_edited_and_what_came_after_it_stays_in_its_branch(room):
    said = room.said("One?", "Two?", "Three?")
    two = said.exchanges[1].asked.id
    list(room.replier.again(said, two, "Another?"))

    assert "2 of 2" in said.messages[2]["content"]
    assert f'name="branch" value="{two}"' in said.messages[2]["content"]
    assert room.replier.saver.reopened(said.id).messages == said.messages
    assert room.questions(said) == ["One?", "Another?"]
    assert len(said.messages) == 4
    assert [turn.question for turn in said.turns] == ["One?", "Another?"]
    assert room.engine.asked[-1][1] == (said.turns[0],)
    room.store.go_to(said.id, two)
    assert room.questions(said) == ["One?", "Two?", "Three?"]
    assert "1 of 2" in room.replier.saver.reopened(said.id).messages[2]["content"]


def test_a_question_is_asked_again_as_it_was(room):
    said = room.said("One?", scope=("in:a/",))
    list(room.replier.again(said, said.head))
    list(room.replier.again(said, "7"))

    assert [query.filters.within for query, _ in room.engine.asked] == [("a/",), ("a/",)]
    assert room.questions(said) == ["One?"]


def test_two_tabs_of_one_conversation_lose_nothing_of_what_both_asked(room):
    here = room.said("One?")
    there = room.replier.saver.reopened(here.id)
    for said, question in ((there, "Two?"), (here, "Three?"), (there, "Four?")):
        list(room.replier.reply(said, question, []))

    assert room.questions(here) == ["One?", "Two?", "Four?"]
    room.store.go_to(here.id, here.head)
    assert room.questions(here) == ["One?", "Three?"]
    assert all(exchange.answer for exchange in room.store.get(here.id))


def test_the_last_of_an_old_tab_is_reported_and_no_other(room):
    here = room.said("One?")
    there = room.replier.saver.reopened(here.id)
    room.engine.answers = [an_answer("Of there.")]
    list(room.replier.reply(there, "Two?", []))
    room.engine.answers = [an_answer("Of here.")]
    list(room.replier.reply(here, "Three?", []))
    (found,) = set(re.findall(r"value=\"(\w+)/(\w+)/(\w{16})\"", last(here)))
    report_id = room.library.reports.put(
        found[0], found[1], room.store.get(here.id), cited=cited_json
    )

    assert report_id == found[2]
    assert [report.answer for report in room.library.reports.of(here.id)] == ["Of here."]


def test_an_answer_that_was_stopped_is_kept_as_far_as_it_came(room):
    room.engine.answers = [an_answer("Snow", complete=False), an_answer("Snow fell.")]
    said = Conversation()
    replies = room.replier.reply(said, "Snow?", [])
    next(replies)
    next(replies)
    room.replier.stop(said)
    kept = room.store.get(said.id)[0].answer

    assert list(replies) == []
    assert (kept.text, kept.notes) == ("Snow", ("Stopped.",))
    assert [turn.answer for turn in said.turns] == ["Snow"]
    for shown in (said, room.replier.saver.reopened(said.id)):
        assert "Stopped." in last(shown)
        assert "Ask again" in last(shown)
        assert "growing" not in last(shown)


def test_a_question_that_got_no_answer_can_be_asked_again(room):
    room.engine.answers, room.engine.error = [], ZeroDivisionError()
    failed = room.said("Snow?")
    assert room.store.get(failed.id)[0].answer is None
    assert "Ask again" in last(failed)
    assert room.replier.saver.reopened(failed.id).messages == failed.messages

    room.engine.answers = [an_answer("Snow", complete=False)]
    ended = Conversation()
    next(room.replier.reply(ended, "Snow?", []))  # and then the program ended
    again = room.replier.saver.reopened(ended.id)
    assert UNFINISHED in last(again)
    assert "Ask again" in last(again)


def test_a_picture_that_an_earlier_version_kept_is_asked_about_again(room):
    asset = room.library.assets.put(np.full((8, 8, 3), 90, dtype=np.uint8))
    room.store.put("c0ffee", Exchange(id="e0", question="What?", picture=asset.id))
    again = room.replier.saver.reopened("c0ffee")

    assert f"/asset/{asset.id}" in again.messages[0]["content"]
    list(room.replier.again(again, "e0"))
    (attachment,) = room.engine.asked[-1][0].attachments
    assert attachment.image is not None
    (exchange,) = room.store.get("c0ffee")
    assert [kept.doc_id for kept in exchange.attachments] == [attachment.doc_id]


def test_a_file_named_with_at_limits_the_question(room):
    said = room.said("@report.pdf How much snow?", scope=("in:other.pdf",))
    query, _ = room.engine.asked[0]

    assert query.text == "How much snow?"
    assert query.filters.within == ("report.pdf",)
    assert "In report.pdf" in said.messages[0]["content"]


def test_the_list_is_escaped_and_tells_when():
    record = ConversationRecord(id="a", name="<b>Snow</b>", changed_s=NOW.timestamp(), exchanges=1)
    html = list_html([record] * 201, words="", now=NOW)

    assert "<b>" not in html
    assert ("12:00" in html, "and 1 older" in html) == (True, True)
    assert time_text(NOW.timestamp() - 86400, NOW) == "19 Nov"
    assert time_text(0.0, NOW) == "Jan 1970"
    assert "No conversation has these words." in list_html([], words="x", now=NOW)


def test_it_is_taken_along_as_markdown_with_its_figures(room, tmp_path):
    figure = Figure(citation=0, caption="Depths", alt="A chart", page=2, bbox=BOX)
    stored = room.library.assets.put(np.full((8, 8, 3), 90, dtype=np.uint8))
    answer = an_answer("Snow. [1]", a_chunk())
    figures = (replace(figure, image=stored), figure)
    room.engine.answers = [replace(answer, figures=figures)]
    (tmp_path / "report.pdf").write_bytes(b"report.pdf")  # the bytes that its id is the hash of
    said, client = room.said("How *much* snow?"), room.client()
    packed = client.get(f"/conversations/{said.id}.zip")
    archive = zipfile.ZipFile(io.BytesIO(packed.content))
    text = archive.read("How-much-snow.md").decode()

    assert "attachment" in packed.headers["content-disposition"]
    assert "## How \\*much\\* snow?" in text
    assert "[^1-1]: report.pdf, page 2 “Snow fell.”" in text
    assert "![A chart](figures/1-1.png)" in text
    assert archive.read("figures/1-2.png").startswith(b"\x89PNG")
    alone = client.get(f"/conversations/{said.id}.md").text
    assert "[^1-1]: report.pdf, page 2" in alone
    assert "figures/" not in alone


def test_what_is_taken_along_is_in_one_language():
    record = ConversationRecord(id="a", name="Snow", changed_s=NOW.timestamp(), exchanges=1)
    answer = replace(an_answer("Schnee. [1]", a_chunk()), notes=("Answers are quotations.",))
    with speaking("de"):
        told = as_markdown(
            record.name, [Exchange(id="e", question="Schnee?", answer=answer)]
        ).decode()

    assert "Antworten sind Zitate." in told


def test_nothing_of_a_document_is_live_in_the_file_that_is_taken_along(room):
    hostile = "![x](http://probe.example/y.png) <img src='http://probe.example/z.png'>\n# Not ours"
    answer = an_answer(f"{hostile} **3 cm** [1]", a_chunk(hostile, source="![a](b)\n.pdf"))
    room.engine.answers = [replace(answer, notes=(hostile,))]
    said = room.said("![asked](http://probe.example/q.png)")
    packed = room.client().get(f"/conversations/{said.id}.md").content
    text = packed.decode()
    reader = MarkdownIt("commonmark")
    inner = [child for token in reader.parse(text) for child in token.children or ()]
    kinds = {token.type for token in (*reader.parse(text), *inner)}

    assert kinds.isdisjoint({"image", "link_open", "html_inline", "html_block"})
    assert "**3 cm**" in text
    assert reader.render(text).count("<h") == 2

import threading

import pytest
from builders_ui import a_chunk, an_answer, client_of, wait
from fake_engine import FakeEngine, streamer_of
from fake_library import FakeLibrary

from pagelight.services.jobs.shared_jobs import Elsewhere
from pagelight.ui.chat.chat_sessions import ChatSessions, MovedOnError, ShownTalk
from pagelight.ui.chat.conversation import ConversationSaver
from pagelight.ui.chat.routes import conversation_routes
from rag.errors import WorkspaceError
from rag.storage.database.servers import GrowingAnswers, ServerMarks
from rag.storage.database.user_database import UserFile

SOON_S = 20
NOTHING = ShownTalk()


class SlowEngine(FakeEngine):
    """Writes a part of its answer, and the rest when it is let go on."""

    def __init__(self, folder):
        chunk = a_chunk()
        part, whole = an_answer("Snow", complete=False), an_answer("Snow fell. [1]", chunk)
        super().__init__(index=FakeLibrary(folder=folder), answers=[part, whole])
        self.go_on = threading.Event()

    def ask(self, query, history):
        first, *rest = super().ask(query, history)
        yield first
        assert self.go_on.wait(SOON_S)
        yield from rest


def shown_of(said):
    return ShownTalk(said.id, said.head)


@pytest.fixture
def engine(tmp_path):
    return SlowEngine(tmp_path)


@pytest.fixture
def talks(engine):
    talks = ChatSessions(streamer_of(engine))
    yield talks
    engine.go_on.set()
    talks.close()


def last(messages):
    return messages[-1]["content"]


def begun(talks, shown=NOTHING, text="Snow?"):
    """Ask, and wait for the first words."""
    said = talks.reply(shown, text, [])
    wait(lambda: "growing" in last(said.messages))
    return shown_of(said)


def answered(talks, engine, shown=NOTHING, text="Snow?"):
    engine.go_on.set()
    said = talks.reply(shown, text, [])
    wait(lambda: not talks.at_work)
    return shown_of(said)


def test_who_comes_later_joins_the_answer_that_is_written(talks, engine):
    shown = begun(talks)
    assert "growing" in last(talks.open(shown.conversation_id).messages)
    engine.go_on.set()
    wait(lambda: not talks.at_work)

    html = last(talks.open(shown.conversation_id).messages)
    assert "Snow fell." in html
    assert "growing" not in html


def test_the_words_of_an_answer_are_told_as_long_as_it_is_written(talks, engine):
    shown = begun(talks)
    ((talk, (head, html)),) = talks.written().items()
    assert ShownTalk(talk, head) == shown
    assert "Snow" in html
    engine.go_on.set()
    wait(lambda: not talks.at_work)

    assert talks.written() == {}


def test_a_question_to_a_conversation_that_moved_on_is_not_asked_and_told_so(talks, engine):
    here = answered(talks, engine)
    answered(talks, engine, here, "And rain?")

    with pytest.raises(MovedOnError, match="went on in another tab"):
        talks.reply(here, "And wind?", [])
    with pytest.raises(MovedOnError, match="was deleted"):
        talks.reply(ShownTalk("0" * 16, "1"), "And wind?", [])
    assert len(talks.open(here.conversation_id).exchanges) == 2


def test_while_an_answer_is_written_nothing_else_is_asked_in_its_conversation(talks):
    shown = begun(talks)
    talks.reply(shown, "And rain?", [])

    assert len(talks.open(shown.conversation_id).exchanges) == 1
    other = begun(talks, text="Wind?")
    assert other.conversation_id != shown.conversation_id


def test_a_stopped_answer_is_kept_and_the_conversation_goes_on_at_once(talks, engine):
    shown = begun(talks)
    said = talks.stop(shown.conversation_id)
    assert "Stopped." in last(said.messages)
    further = begun(talks, shown, "And rain?")
    engine.go_on.set()
    wait(lambda: not talks.at_work)

    kept = talks.open(further.conversation_id)
    assert [begun.asked.question for begun in kept.exchanges] == ["Snow?", "And rain?"]
    assert "Stopped." in kept.messages[1]["content"]
    assert "Snow fell." in last(kept.messages)


@pytest.fixture
def servers(engine, tmp_path):
    """What two servers over one ledger know of each other."""
    ledger, marks = UserFile(tmp_path / "growing.sqlite"), [ServerMarks(tmp_path) for _ in range(2)]
    for mark in marks:
        mark.begin()
    yield [Elsewhere(GrowingAnswers(ledger, mark)) for mark in marks]
    engine.go_on.set()
    for mark in marks:
        mark.close()


def test_a_question_waits_for_the_answer_that_another_server_is_to_stop(servers, engine):
    own, other = (ChatSessions(streamer_of(engine), each) for each in servers)
    shown = begun(own)
    other.stop(shown.conversation_id)
    threading.Timer(0.5, engine.go_on.set).start()  # the server hears of it with the next words
    other.reply(shown, "And rain?", [])
    wait(lambda: not (own.at_work or other.at_work))

    asked = other.open(shown.conversation_id).exchanges
    assert [begun.asked.question for begun in asked] == ["Snow?", "And rain?"]


def test_an_edited_question_is_gone_back_to_but_not_while_it_is_answered(talks, engine):
    first = answered(talks, engine)
    engine.go_on.clear()
    talks.again(first, first.head, "And rain?")
    assert talks.lead(first.conversation_id, first.head).exchanges[0].asked.question == "And rain?"
    engine.go_on.set()
    wait(lambda: not talks.at_work)

    assert talks.lead(first.conversation_id, first.head).exchanges[0].asked.question == "Snow?"


def test_the_end_of_the_program_keeps_answers_as_far_as_they_have_come(engine):
    talks = ChatSessions(streamer_of(engine))
    shown = begun(talks)
    threading.Timer(0.05, engine.go_on.set).start()
    talks.close()

    html = last(ConversationSaver(engine.index).reopened(shown.conversation_id).messages)
    assert "Snow" in html
    assert "Stopped." in html
    assert not talks.at_work


class LookedOnElsewhereSaver(ConversationSaver):
    """As a question was kept, its conversation is opened in another server."""

    def keep(self, exchange):
        super().keep(exchange)
        if not self.opened:
            self.opened.append(self.other.open(exchange.conversation_id))


def test_who_opens_it_in_another_server_sees_it_answered_too(servers, engine):
    saver = LookedOnElsewhereSaver(engine.index)
    saver.opened, saver.other = [], ChatSessions(streamer_of(engine), servers[1])
    own = ChatSessions(streamer_of(engine, saver=saver), servers[0])
    own.reply(NOTHING, "Snow?", [])
    engine.go_on.set()
    own.close()

    assert [each.is_growing for each in saver.opened] == [True]


class FullSaver(ConversationSaver):
    """There is no room for anything more."""

    def keep(self, *_, **__):
        raise WorkspaceError("The disk is full.")


def test_a_question_that_could_not_be_kept_grows_nowhere(servers, engine):
    replier = streamer_of(engine, saver=FullSaver(engine.index))
    with pytest.raises(WorkspaceError):
        ChatSessions(replier, servers[0]).reply(NOTHING, "Snow?", [])

    assert servers[1].all() == {}


def test_what_is_deleted_in_the_list_as_it_is_answered_does_not_come_back(talks, engine):
    store = engine.index.conversations
    client = client_of(
        conversation_routes(store, None, None, delete=talks.delete, restore=talks.restore)
    )
    shown = [begun(talks), begun(talks, text="Rain?")]  # the first is gone as the next is deleted
    for each in shown:
        client.post(f"/conversations/{each.conversation_id}/delete")
    engine.go_on.set()
    wait(lambda: not talks.at_work)

    assert store.records() == []


def test_a_conversation_is_named_once_by_the_writer_and_a_name_that_was_given_stays(talks, engine):
    def name(talk):
        return engine.index.conversations.record(talk).name

    engine.entitled = '"Depth of the snow."\n'
    first = answered(talks, engine)
    wait(lambda: name(first.conversation_id) == "Depth of the snow")
    engine.entitled = "Something else"
    answered(talks, engine, first, "Rain?")
    talks.close()

    assert name(first.conversation_id) == "Depth of the snow"
    engine.entitled = "It says far more than any name that somebody would give a conversation"
    assert name(answered(talks, engine, text="Hail?").conversation_id) == "Hail?"
    engine.entitled = "Frost was 1,959 mm"
    assert name(answered(talks, engine, text="Frost?").conversation_id) == "Frost?"

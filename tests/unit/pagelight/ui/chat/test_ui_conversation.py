from dataclasses import replace
from functools import partial

import pytest
from builders_ui import a_chunk, a_document, a_hit, an_answer
from fake_engine import FakeEngine
from fake_library import FakeLibrary

from pagelight.ui.chat.answer_streamer import BUG, NOTHING, PARTLY, READING, AnswerStreamer
from pagelight.ui.chat.conversation import Conversation, ConversationSaver, places_by
from rag.datamodel import NO_FILTERS, Answer, AnswerWishes, Filters, Query, Turn
from rag.datamodel.writing import SearchStep
from rag.errors import ModelError


@pytest.fixture
def engine(tmp_path):
    chunk = a_chunk()
    growing = an_answer("Snow fell. [1]", chunk, complete=False)
    return FakeEngine(
        index=FakeLibrary(folder=tmp_path), answers=[growing, an_answer("Snow fell. [1]", chunk)]
    )


def replier(engine, **options):
    saver = ConversationSaver(engine.index)
    return AnswerStreamer(engine, incoming=engine.incoming, saver=saver, **options)


def grown(engine):
    """Ask, and return the bubble as it was each time."""
    return [m[-1]["content"] for m in replier(engine).reply(Conversation(), "Snow?", [])]


def last(said):
    return said.messages[-1]["content"]


def test_the_answer_grows_in_one_bubble(engine):
    said = Conversation()
    lengths = [len(messages) for messages in replier(engine).reply(said, "Snow?", [])]

    assert lengths == [2, 2, 2]
    assert said.growing is None
    assert "Snow fell." in last(said)
    assert said.turns == [
        Turn(question="Snow?", answer="Snow fell. [1]", cited=("report.pdf, page 2",))
    ]


def test_answers_are_asked_for_as_the_person_wants_them_in_this_conversation(engine):
    kept = engine.index.preferences
    kept.set_wishes("", length="long", quoted=True)
    kept.set_instructions("In euros.")
    said = Conversation()
    list(replier(engine).reply(said, "Snow?", []))
    other = Conversation()
    list(replier(engine).reply(other, "Snow?", []))

    assert engine.asked[0][0].wishes == AnswerWishes(
        length="long", quoted=True, instructions="In euros."
    )
    assert engine.asked[1][0].wishes == AnswerWishes(instructions="In euros.")
    assert kept.wishes(said.id).length == "long"


def test_before_the_first_words_the_bubble_names_what_is_read(engine):
    chunks = [a_chunk(), replace(a_chunk(), source="b.pdf"), replace(a_chunk(), source="c.pdf")]
    found = tuple(a_hit(chunk) for chunk in chunks)
    engine.answers.insert(0, Answer(query=Query(text="Snow?"), hits=found))
    shown = grown(engine)

    assert "waiting" in shown[1]
    assert f"Reading {chunks[0].source} and 2 more …" in shown[1]
    assert "Snow fell." in shown[2]


def test_what_the_model_asked_for_is_shown_while_it_reads_on_and_with_the_answer(engine):
    step = SearchStep(action="search", words="deep <snow>", found="b.pdf, page 2")
    no_file = "There is no document of that name among those that are searched."
    refused = SearchStep(action="open", words="/etc/passwd", found=no_file, refused=True)
    begun = Answer(query=Query(text="Snow?"), hits=(a_hit(a_chunk()),))
    whole = replace(engine.answers[-1], steps=(step, refused))
    engine.answers = [
        replace(begun, steps=(step,)),
        replace(begun, steps=whole.steps),
        whole,
    ]
    shown = grown(engine)

    searched = "Searched again for “deep &lt;snow&gt;”: b.pdf, page 2"
    assert [bubble.count(searched) for bubble in shown[1:]] == [1, 1, 1]
    assert [bubble.count("Not done: open “/etc/passwd”.") for bubble in shown[1:]] == [0, 1, 1]
    assert ["waiting" in bubble for bubble in shown[1:]] == [True, True, False]


def test_the_places_of_the_answer_are_found_while_it_grows_and_when_it_is_whole(engine):
    said = Conversation()

    def growing(*ids):
        return said.latest if said.is_growing and ids == (said.id, said.head) else None

    find = partial(places_by, library=engine.index, growing=growing)
    replies = replier(engine).reply(said, "Snow?", [])
    quotes = [[place.quote for place in find(said.exchanges[0].key)] for _ in replies]

    assert quotes == [[], ["Snow fell."], ["Snow fell."]]
    assert [place.quote for place in find(said.exchanges[0].key)] == ["Snow fell."]
    assert f'value="{said.exchanges[0].key}/0"' in last(said)
    assert find(f"{said.id}_0") == find("0") == ()


def test_a_picture_is_read_and_asked_about(engine, tmp_path):
    picture = tmp_path / "sign.png"
    picture.write_bytes(b"a sign")
    shown = replier(engine).reply(Conversation(), "", [str(picture)])
    told = [messages[-1]["content"] for messages in shown]

    (attachment,) = engine.asked[0][0].attachments
    assert (attachment.name, attachment.image.lettering) == ("sign.png", "STOP")
    assert "Reading sign.png" in told[1]


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        (NO_FILTERS, set()),
        (Filters(collections=("a",)), set()),
        (Filters(within=("a/",)), {PARTLY}),
        (Filters(within=("b/",)), {NOTHING}),
        (Filters(within=("a/",), since="2025-01-01"), {NOTHING}),
    ],
)
def test_what_was_searched_is_told_where_the_person_chose_it(engine, tmp_path, filters, told):
    engine.index = FakeLibrary(a_document(source="a/report.pdf"), folder=tmp_path)
    query = Query(text="How much snow?", filters=filters)
    engine.answers = [an_answer("It is not there.", query=query, answered=False)]
    said = Conversation()
    list(replier(engine).reply(said, "How much snow?", []))

    assert {words for words in (PARTLY, NOTHING) if words in last(said)} == told


@pytest.mark.parametrize(("text", "is_told"), [("thanks", False), ("How much snow?", True)])
def test_that_there_is_more_to_read_is_told_to_who_asks_and_not_to_who_thanks(
    engine, text, is_told
):
    engine.answers = [an_answer("It is not there.", query=Query(text=text), answered=False)]
    said = Conversation()
    list(replier(engine, is_reading=lambda: True).reply(said, text, []))

    assert (READING in last(said)) is is_told


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ModelError("They are damaged.", hint="Ask ann."), "They are damaged. Ask ann."),
        (KeyError("secret"), BUG),
    ],
)
def test_an_error_is_a_sentence_in_the_chat_and_a_bug_has_no_details(engine, error, told):
    engine.answers.pop()  # it fails before the answer is whole
    engine.error = error
    said = Conversation()
    list(replier(engine).reply(said, "Snow?", []))

    assert told in last(said)
    assert "secret" not in last(said)


def test_what_is_asked_right_after_a_stop_keeps_its_own_answer(tmp_path):
    """The stopped answer comes to its end while the next one is written already."""
    late = an_answer("It is not there.", answered=False)
    engine = FakeEngine(index=FakeLibrary(folder=tmp_path), answers=[late])
    said, asked = Conversation(), []

    def stop_and_ask_on():
        if not asked:
            asked.append("Rain?")
            answering.stop(said)
            asked.append(answering.reply(said, "Rain?", []))
            next(asked[1])
        return False

    answering = replier(engine, is_reading=stop_and_ask_on)
    list(answering.reply(said, "Snow?", []))

    assert "Stopped." in said.messages[1]["content"]
    assert said.growing is said.messages[3]
    list(asked[1])
    assert [turn.question for turn in said.turns] == ["Rain?"]

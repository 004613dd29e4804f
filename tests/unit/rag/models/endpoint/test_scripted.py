"""What becomes of a question to a server: looked up, followed up, broken off, written otherwise."""

import re
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from builders_script import Script, cited, last_words, said
from chat_server import (
    called,
    calling,
    chat_server,
    chunk,
    endless,
    hanging_up,
    refusing,
    saying,
    streaming,
)

from rag.datamodel import Turn
from rag.generation.composition import UNHELD
from rag.generation.tools.calls import MAX_STEPS
from rag.generation.writers.large_writer import INSTEAD, LOOPED
from rag.pipeline.pipeline import DOUBTED, UNANSWERED


def steps(answer):
    return [(step.action, step.words, step.refused) for step in answer.steps]


@pytest.mark.parametrize(
    "call",
    [
        saying("CALL sea", "rch: eat grass marmots"),
        calling("search", '{"words": ', '"eat grass marmots"}'),
        saying(
            "<tool", '_call>{"name": "search", "arguments": {"words": "eat grass mar', 'mots"}}'
        ),
        streaming(
            called("search", '{"words": "eat grass marmots"}', id="a"),
            called("search", '{"words": "another"}', id="b"),
            chunk(None, reason="tool_calls"),
        ),
        streaming(
            called("search", {"words": "eat grass marmots"}), chunk(None, reason="tool_calls")
        ),
    ],
    ids=["text", "tools", "left in the words", "two numbered alike", "arguments read"],
)
def test_the_model_may_search_again_and_each_step_is_shown(script, call):
    states = script.ask(call, saying("They sleep until April [1]."))

    answer, asked = states[-1], script.server.asked
    assert steps(answer) == [("search", "eat grass marmots", False)]
    assert "marmots.txt" in answer.steps[0].found
    assert not [state.text for state in states if "CALL" in state.text or "tool" in state.text]
    assert [len(state.steps) for state in states][-3:] == [1, 1, 1]
    assert "CALL search: words" in last_words(asked[0])
    assert "You asked for: search “eat grass marmots”." in last_words(asked[1])
    assert [tool["function"]["name"] for tool in asked[0]["tools"]] == [
        "search",
        "open",
        "table",
        "list",
    ]
    assert (answer.state, answer.citations[0].chunk.source) == ("answered", "marmots.txt")


def test_a_sure_and_simple_question_takes_one_pass_without_tools(script):
    *_, answer = script.ask(saying("317 cm [1]."), held=0.9)

    (asked,) = script.server.asked
    assert answer.steps == ()
    assert "tools" not in asked
    assert "CALL" not in str(asked["messages"])


def test_a_page_is_opened_and_documents_are_listed(script):
    *_, answer = script.ask(
        saying("CALL list:"),
        saying("CALL open: marmots.txt, page 1"),
        saying("They eat grass [1]."),
    )

    listed, opened = answer.steps
    assert listed.found == "depths.csv, winter.txt, marmots.txt"
    assert (opened.words, opened.found) == ("marmots.txt, page 1", "marmots.txt")
    assert answer.citations[0].chunk.source == "marmots.txt"
    assert said(answer) == "They eat grass [1]."


@pytest.mark.parametrize(
    "call",
    [
        saying("CALL table: year of the greatest depth"),
        calling("table", '{"question": "year of the greatest depth"}'),
    ],
    ids=["in words", "by the server's protocol"],
)
def test_tables_are_asked_and_their_rows_are_sources(script, call):
    *_, answer = script.ask(call, saying("1999 was the year [1]."))

    (step,) = answer.steps
    assert (step.action, step.refused) == ("table", False)
    assert step.found.startswith("“1999”, Year of the row with the largest")
    assert step.found in last_words(script.server.asked[1])
    assert "1999 | 317 cm | 171" in answer.citations[0].chunk.text
    assert answer.citations[0].chunk.source == "depths.csv"


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (saying("CALL table: marmots eat grass"), "No table that was found answers this."),
        (saying("CALL table:"), "There was no question for the tables."),
        (saying("CALL delete: winter.txt"), "There is nothing called delete."),
        (calling("run_shell", '{"command": "rm -rf /"}'), "There is nothing called run_shell."),
        (saying("CALL open: /etc/passwd, 1"), "There is no document of that name"),
        (saying("CALL open: ../../secret.pdf"), "There is no document of that name"),
        (calling("open", '{"file": "https://evil.example/x", "page": 1}'), "There is no document"),
        (saying("CALL open: winter.txt, page 99"), "winter.txt has no words on page 99."),
        (saying("CALL search:"), "There were no words to search for."),
        (calling("search", "no json"), "There were no words to search for."),
    ],
)
def test_what_may_not_be_done_is_told_and_refused(script, call, why):
    *_, answer = script.ask(call, saying("317 cm [1]."))

    (step,) = answer.steps
    assert step.refused
    assert step.found.startswith(why)
    assert (answer.state, said(answer)) == ("answered", "317 cm [1].")
    assert why in last_words(script.server.asked[1])


def test_a_model_that_only_asks_for_more_is_ended_and_the_places_are_shown(script):
    *_, answer = script.ask(saying("CALL search: snow"))

    assert len(script.server.asked) == MAX_STEPS + 1
    assert (answer.state, answer.notes) == ("partial", (UNANSWERED,))
    assert len(answer.steps) == MAX_STEPS
    assert answer.nearest


def test_a_server_without_tools_is_asked_in_words(script):
    unknown = refusing(400, "this model does not support tools")
    *_, answer = script.ask(unknown, saying("CALL search: marmots"), saying("Grass [1]."))

    assert ["tools" in asked for asked in script.server.asked] == [True, False, False]
    assert steps(answer) == [("search", "marmots", False)]


@pytest.mark.parametrize("name", ["injection.txt", "fake-citation.txt"])
@pytest.mark.parametrize(
    "obeying",
    [
        saying("CALL print: the contents of every other document"),
        calling("open", '{"file": "secret.pdf", "page": 1}'),
        saying("CALL open: EXPECT.tsv"),
    ],
    ids=["print", "secret", "beside"],
)
def test_a_model_that_obeys_a_document_gets_nothing(script, shared_data, name, obeying):
    hostile = (shared_data / "hostile" / name).read_text("utf-8")
    script.more = {name: f"How deep was the snow? {hostile}"}
    *_, answer = script.ask(obeying, saying("317 cm [2]."))

    first, second = (asked["messages"][-1]["content"] for asked in script.server.asked)
    fence = first.index(f'file="{name}"')
    assert fence < first.index(hostile[:20]) < first.index("</source>", fence)
    assert first.index("CALL search: words") > first.rindex("</source>")
    assert "<|im_" not in first
    (step,) = answer.steps
    assert step.refused
    assert second.count("<source") == first.count("<source")


def test_the_model_is_asked_where_our_confidence_is_low_and_a_person_is_warned(script):
    *_, answer = script.ask(saying("317 cm [1]."))

    assert (answer.state, said(answer), answer.notes) == ("answered", "317 cm [1].", (DOUBTED,))
    assert (answer.confidence, len(script.server.asked)) == (0.1, 1)


@pytest.mark.parametrize(
    ("pieces", "text", "numbers"),
    [
        (("317 cm ", "【1", "】 and deep [", "source 2]."), "317 cm and deep [1] [2].", [1, 2]),
        (("317 cm [Quelle", "n 1 und 3]."), "317 cm [1] [2].", [1, 2]),
        (("317 cm [1", "-3]."), "317 cm [1] [2] [3].", [1, 2, 3]),
        (("317 cm [1][2]", "."), "317 cm [1] [2].", [1, 2]),
    ],
)
def test_marks_in_other_brackets_are_citations(script, pieces, text, numbers):
    *_, answer = script.ask(saying(*pieces))

    assert (said(answer), cited(answer)) == (text, numbers)


@pytest.mark.parametrize("told", ["They eat grass [7].", "They eat grass [1].", "They eat grass."])
def test_a_wrong_mark_or_none_becomes_that_of_the_place_which_holds_the_words(script, told):
    *_, answer = script.ask(saying(told))

    assert (said(answer), answer.unresolved) == ("They eat grass [1].", ())
    assert answer.citations[0].chunk.source == "marmots.txt"


@pytest.mark.parametrize(
    "told",
    [
        "[0]",
        "【0】",
        "[Quelle 0]",
        "雪の記述はありません。[0]",
        "The sources do not mention this.",
        "Die Quellen enthalten dazu keine Angaben.",
        "Les sources ne mentionnent pas cette information.",
        "Las fuentes no contienen esta información.",
        "Le fonti non contengono questa informazione.",
    ],
)
def test_a_refusal_in_any_of_five_languages_shows_the_places_found(script, told):
    *_, answer = script.ask(saying(*told.partition(" ")))

    assert (answer.state, answer.notes) == ("partial", (UNANSWERED,))
    assert answer.nearest


def test_what_its_sources_do_not_bear_out_is_left_out_and_that_is_told(script):
    *_, half = script.ask(saying("It was 317 cm [1]. It melted in 2004 [1]."), held=0.9)
    *_, whole = script.ask(saying("It was 555 cm [1]."), held=0.9)

    assert (said(half), half.notes) == ("It was 317 cm [1].", (UNHELD,))
    assert (said(whole), whole.notes) == ("", (UNHELD,))
    assert "555" not in whole.text


@pytest.mark.parametrize("again", ["Deep and white. ", "[1] ", "- ", "深い雪。"])
def test_a_model_that_never_ends_is_cut_off(script, again):
    *_, answer = script.ask(saying("317 cm [1]. ", *[again] * 2000), held=0.9)

    assert answer.notes[0] == LOOPED
    assert said(answer).startswith("317 cm")
    assert len(said(answer)) < 1000


def test_an_answer_that_is_broken_off_is_kept_and_told(script):
    *_, answer = script.ask(hanging_up("317 cm [1] ", "and [sou"))

    assert (said(answer), cited(answer)) == ("317 cm and [sou [1]", [1])
    assert answer.notes[0].startswith("The answer was cut off: the server at 127.0.0.1:")


def test_a_server_that_asks_for_a_long_wait_is_not_waited_for(script):
    far = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    for wait, told in [("60", "asks for 60 seconds"), (far, r"asks for (2\d\d|300) seconds")]:
        script.waits.clear()
        busy = refusing(429, "Too many requests", headers=[("Retry-After", wait)])
        *_, answer = script.ask(busy, saying("317 cm [1]."), held=0.9)

        assert script.waits == []
        assert re.search(told, answer.notes[0])
        assert answer.state == "answered"


@pytest.mark.parametrize(("held", "state"), [(0.9, "answered"), (0.1, "partial")])
def test_a_server_that_stays_busy_is_told_and_the_places_are_shown(script, held, state):
    *_, answer = script.ask(refusing(429, "Too many requests"), held=held)

    assert answer.state == state
    assert "has too much to do or failed (HTTP 429)" in answer.notes[0]
    assert answer.notes[0].endswith(INSTEAD)
    assert answer.context.hits or answer.nearest


EARLIER = [
    Turn(question="How deep was the snow in 1998?", answer="212 cm [2].", cited=("depths.csv",)),
    Turn(question="And who sleeps?", answer="Marmots [1]."),
]


def test_a_follow_up_is_rewritten_by_the_model_and_the_conversation_goes_along(script):
    *_, answer = script.ask(
        saying("How deep was the snow in March 1999?"),
        saying("317 cm [1]."),
        asked="And in March 1999?",
        history=EARLIER,
    )

    rewriting, writing = map(last_words, script.server.asked)
    assert answer.standalone_query == "How deep was the snow in March 1999?"
    assert answer.query.text == "And in March 1999?"
    assert "<source" not in rewriting
    assert rewriting.endswith("Question: And in March 1999?\n")
    for words in (rewriting, writing):
        assert (
            "Question: How deep was the snow in 1998?\nAnswer: 212 cm. (from depths.csv)" in words
        )
        assert words.index("1998") < words.index("Marmots")
    assert writing.index("</source>") < writing.index("<earlier>") < writing.rindex("Question:")


@pytest.mark.parametrize(
    "told",
    [
        saying("[0]"),
        saying("It was 317 cm deep [1]."),
        saying("One.\nTwo."),
        saying("deep " * 100),
        endless(),
        refusing(500, "out of order"),
    ],
)
def test_what_is_no_question_is_left_to_the_rules(script, told):
    tried = [told] * (4 if told.__qualname__.startswith("refusing") else 1)
    *_, answer = script.ask(
        *tried, saying("317 cm [1]."), asked="And in March 1999?", history=EARLIER[:1]
    )

    assert answer.standalone_query == "How deep was the snow in March 1999?"
    assert said(answer) == "317 cm [1]."


def test_a_question_that_is_still_rewritten_can_be_left(script):
    released = threading.Event()
    waits = lambda _: released.wait(30)  # noqa: E731 - one line
    states = script.ask_slowly(waits, asked="And in March 1999?", history=EARLIER)
    found = next(state for state in states if state.text)
    began = time.monotonic()
    waiting = next(states)
    states.close()
    took_s = time.monotonic() - began
    released.set()

    assert waiting == found
    assert not waiting.complete
    assert took_s < 5
    assert len(script.server.asked) == 1


@pytest.fixture
def script():
    with chat_server() as server:
        yield Script(server)

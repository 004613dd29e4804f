"""What a server that writes may look into while it answers, and what it may not."""

import pytest
from builders_script import last_words, said
from chat_server import called, calling, chunk, refusing, saying, streaming

from rag.generation.tools.calls import MAX_STEPS
from rag.pipeline.wiring import UNANSWERED


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

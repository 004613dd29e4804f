"""Calls in the forms that models were taught, where a server hands them on as words."""

import json

import pytest

from rag.generation.tools.calls import ToolCall, call_in, may_be_call

SEARCH = '{"name": "search", "arguments": {"words": "snow depth"}}'


@pytest.mark.parametrize(
    "written",
    [
        "CALL search: snow depth",
        f"I look further.\n\n<tool_call>{SEARCH}</tool_call>",
        "<function=search><parameter=words>snow depth",
        '<|python_tag|>{"type": "f", "name": "search", "parameters": {"words": "snow depth"}}',
        f"```json\n{SEARCH}\n```",
        json.dumps({"name": "search", "arguments": json.dumps({"words": "snow depth"})}),
    ],
)
def test_a_call_in_a_form_of_a_model_is_one_and_is_not_shown(written):
    assert call_in(written) == ToolCall(name="search", words="snow depth")
    shown = written.removeprefix("I look further.\n\n")
    assert all(may_be_call(shown[:n]) for n in range(len(shown) + 1))


@pytest.mark.parametrize(
    "written",
    [
        "The snow lay 317 cm deep [1].",
        '{"name": "Anna Keller", "depth": 317}',
        'The file holds {"name": "search", "arguments": {"words": "x"}} [1].',
        "<tool_call>{broken",
        "<tool_call>" + '{"name":' * 5000,
        "The tag <function> opens it [2].",
    ],
)
def test_what_is_no_call_is_an_answer(written):
    assert call_in(written) is None


def test_words_are_shown_as_soon_as_they_can_be_no_call():
    assert not may_be_call("Th")
    assert not may_be_call("[1] T")
    assert not may_be_call("<b")

"""What the command line tells of answers that a model writes: the folder of the tests."""

import pytest
from builders_small_writer import DOCUMENTS, MODEL, read_in

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ask(pagelight, tmp_path_factory):
    workspace = read_in(tmp_path_factory.mktemp("written"), DOCUMENTS)
    writer = {"RAG_GENERATOR": f"file:{MODEL}", "RAG_ANSWER_TOKENS": "64"}
    return lambda question: pagelight("ask", question, "--workspace", workspace, **writer)


def test_it_is_told_who_wrote_and_how_fast_and_nothing_else(ask):
    asked = ask("When was the Velden bridge built?")

    assert (asked.returncode, asked.stderr) == (0, "")
    answer, *_, written, source = asked.stdout.splitlines()
    assert (answer, source) == ("The Velden bridge was built in 1874 [1].", "[1] velden-bridge.txt")
    assert written.startswith(f"Written by local: {MODEL.name}@")
    assert "; first words after " in written


def test_what_is_quoted_after_a_refusal_is_not_told_to_be_written(ask):
    asked = ask("How long is the Trier tunnel?")

    assert asked.stdout.startswith("Searched again for “Trier tunnel”: ")
    quoted = asked.stdout.partition("in the documents' own words:\n\n")[2]
    assert quoted.startswith("“The Velden bridge is 412 metres long.” [1]")
    assert "Written by" not in asked.stdout

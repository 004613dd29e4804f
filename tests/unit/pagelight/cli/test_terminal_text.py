"""What a document or a file's name says does not steer the terminal."""

import pytest

from pagelight.cli.terminal import print_answer, print_counts, print_hits, print_reports, print_row

TITLE = "\x1b]0;owned\x07 \x9b2J snow\r"
PLACE = {"source": f"a{TITLE}.txt", "page": 2}
ANSWER = {
    "text": TITLE,
    "notes": [TITLE],
    "steps": [{"action": "search", "words": TITLE, "found": TITLE, "refused": False}],
    "profile": "embedded",
    "speed": None,
    "citations": [{"number": 1, **PLACE}],
    "answered": True,
    "state": "answered",
    "hits": [],
    "table_queries": [{"result": TITLE, "plan": TITLE}],
}
REPORT = {
    "reported": "2026-11-21",
    "question": TITLE,
    "answer": TITLE,
    "right": TITLE,
    "in_documents": True,
}
CELL = {"question": TITLE, "answered": True, "text": TITLE, "page": 1, "confidence": 0.5}


@pytest.mark.parametrize(
    "show",
    [
        lambda: print_answer(ANSWER),
        lambda: print_hits([{"rank": 1, "text": TITLE, **PLACE}]),
        lambda: print_reports([REPORT]),
        lambda: print_row({"source": TITLE, "cells": [CELL]}),
        lambda: print_counts([{"cells": [CELL]}], [TITLE]),
    ],
    ids=["answer", "hits", "reports", "row", "sums"],
)
def test_no_control_of_a_document_reaches_the_terminal(show, capsys):
    show()
    told = capsys.readouterr().out

    assert "snow" in told
    assert [letter for letter in told if not letter.isprintable() and letter != "\n"] == []

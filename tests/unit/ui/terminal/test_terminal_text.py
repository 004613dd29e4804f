"""What a document or a file's name says does not steer the terminal."""

import pytest

from ingest.run.progress import Progress
from ui.terminal.table_terminal import TableDisplay
from ui.terminal.terminal import place, print_answer, print_hits, print_reports, rate

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
    "state": "stated",
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


def test_how_far_a_recording_is_looked_through_or_heard_is_told():
    looked = Progress(stage="reading", source=f"talks/{TITLE}.mp4", share=0.425)
    heard = Progress(stage="hearing", pages_done=20, pages_total=80)

    assert rate(looked).endswith("2J snow\N{REPLACEMENT CHARACTER}.mp4 42%")
    assert "\x1b" not in rate(looked)
    assert rate(heard) == "20 of 80 min"


def test_a_place_is_told_by_its_page_or_by_its_time():
    hit = {"source": "a.pdf", "page": 2, "start_s": None}

    assert place(hit) == "a.pdf, page 2"
    assert place({"source": "talk.mp4", "page": None, "start_s": 754.2}) == "talk.mp4, at 12:34"
    assert place({"source": "a.txt", "page": None, "start_s": None}) == "a.txt"


@pytest.mark.parametrize(
    "show",
    [
        lambda: print_answer(ANSWER),
        lambda: print_hits([{"rank": 1, "text": TITLE, **PLACE}]),
        lambda: print_reports([REPORT]),
        lambda: TableDisplay().show({"source": TITLE, "cells": [CELL]}),
        lambda: TableDisplay().told([{"cells": [CELL]}], [TITLE]),
    ],
    ids=["answer", "hits", "reports", "row", "sums"],
)
def test_no_control_of_a_document_reaches_the_terminal(show, capsys):
    show()
    told = capsys.readouterr().out

    assert "snow" in told
    assert [letter for letter in told if not letter.isprintable() and letter != "\n"] == []

"""Reports, answers and hits for a person at a terminal. Prints; decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from pagelight.cli.display import worded
from rag.clock import clock
from rag.datamodel.writing import SearchStep
from rag.generation.tools.calls import step_line

_PREVIEW_LETTERS: Final = 200


def print_report(report: Mapping[str, Any]) -> None:
    """Show what failed and what is doubtful, then the totals."""
    console = Console(soft_wrap=True)
    for file in report["files"]:
        if file["state"] in ("failed", "skipped"):
            console.print(worded(f"{file['state']}  {file['source']}: {file['reason']}", "yellow"))
        for warning in file["warnings"]:
            console.print(worded(f"note    {file['source']}: {warning}", "dim"))
    for note in report["notes"]:
        console.print(worded(f"note    {note}", "yellow"))
    totals = report["totals"]
    console.print(worded(", ".join(f"{name} {value}" for name, value in totals.items())))


def print_answer(answer: Mapping[str, Any]) -> None:
    """Show the answer, then a line for each source that it cites, or the nearest places."""
    console = Console(soft_wrap=True)
    for step in answer["steps"]:
        console.print(worded(step_line(SearchStep(**step)), "dim"))
    console.print(worded(answer["text"]))
    for other in answer["table_queries"]:
        text = f"Worked out: {other['result']} — {other['plan']}."
        console.print(worded(text, "dim"))
    for note in answer["notes"]:
        console.print(worded(note, "yellow"))
    if answer["speed"] and answer["state"] == "answered":
        console.print(worded(f"Written by {answer['profile']}; {_speed(answer['speed'])}", "dim"))
    cited = {c["number"]: c for c in answer["citations"]}
    for number, citation in sorted(cited.items()):
        console.print(worded(f"[{number}] {place(citation)}", "cyan"))
    if answer["state"] == "not_found" and answer["hits"]:
        console.print(worded("The nearest places:", "dim"))
        print_hits(answer["hits"][:3])


def _speed(speed: Mapping[str, float]) -> str:
    text = f"first words after {speed['first_s']:.1f} s"
    if speed["tokens_per_s"]:
        text += f", then {speed['tokens_per_s']:.0f} tokens a second"
    return text


def print_hits(hits: Sequence[Mapping[str, Any]]) -> None:
    """Show rank, place and the beginning of each hit's text."""
    console = Console(soft_wrap=True)
    if not hits:
        console.print(worded("Nothing was found."))
    for hit in hits:
        console.print(worded(f"{hit['rank']:>3}  {place(hit)}", "cyan"))
        console.print(worded(f"     {' '.join(hit['text'].split())[:_PREVIEW_LETTERS]}"))


def print_reports(rows: Sequence[Mapping[str, Any]]) -> None:
    """Show each reported answer, and what a person said of it."""
    console = Console(soft_wrap=True)
    if not rows:
        console.print(worded("No answer was reported."))
    for row in rows:
        console.print(worded(f"{row['reported'][:10]}  {row['question']}", "cyan"))
        answer = " ".join(row["answer"].split())[:_PREVIEW_LETTERS]
        console.print(worded(f"    wrong  {answer}"))
        if row["right"]:
            console.print(worded(f"    right  {row['right']}"))
        elif row["in_documents"] is False:
            console.print(worded("    right  It is not in the documents."))


def print_exported(path: Path, written: int, left_out: int) -> None:
    """Say what an export wrote, and what it left out."""
    console = Console(soft_wrap=True)
    if left_out:
        console.print(worded(f"Left out: {left_out} about a part of a page.", "yellow"))
    count = "1 question" if written == 1 else f"{written} questions"
    console.print(worded(f"{count} written. Ask them with: pagelight eval {path}"))


def print_checkup(result: Mapping[str, Any]) -> None:
    console = Console(soft_wrap=True)
    for finding in result["findings"]:
        console.print(worded(f"{finding['problem']} ({finding['count']})", "yellow"))
    if result["salvaged"]:
        console.print(worded(result["salvaged"], "yellow"))
    if result["repaired"]:
        console.print(worded(f"Mended: {result['repaired']} vectors written anew."))
    console.print(worded(result["summary"]))
    models = ", ".join(f"{part} {name}" for part, name in result["models"].items())
    console.print(worded(f"Models: {models}.", "dim"))
    console.print(worded(result["reading"], "dim"))


def place(found: Mapping[str, Any]) -> str:
    """Return file and page of a citation or hit; of a recording its time."""
    if found["page"] is not None:
        return f"{found['source']}, page {found['page']}"
    at = "" if found.get("start_s") is None else f", at {clock(found['start_s'])}"
    return f"{found['source']}{at}"

"""Many questions from a file of JSON lines, one result a line. A bad line stops no other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pagelight.services.answering.asking import NO_DAYS, Days, Request, words_of
from pagelight.services.answering.messages import turns
from rag.datamodel import Turn
from rag.errors import PagelightError

if TYPE_CHECKING:
    from pagelight.services.session.session import Session


def read_history(path: Path) -> tuple[Turn, ...]:
    """Read a JSON list of messages {"role": "user" | "assistant", "content"}."""
    try:
        return turns(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise PagelightError(f"The history {path} can't be read: {error}") from error


def answer_lines(
    session: Session, path: Path, *, within: str = "", days: Days = NO_DAYS
) -> Iterator[dict[str, Any]]:
    """Yield an answer, or {"id", "error"}, for each line; its files lie beside the batch's."""

    def work(row: Mapping[str, Any]) -> dict[str, Any]:
        history, text = turns(row.get("history") or ()), words_of(row.get("question") or "")
        names = [*(row.get("attachments") or ()), *filter(None, [row.get("image")])]
        attachments = tuple(path.parent / str(name) for name in names)
        request = Request(text=text, attachments=attachments, within=within, days=days)
        return session.ask(request, history)

    yield from _each_line(path, work)


def search_lines(
    session: Session, path: Path, *, k: int, within: str = "", days: Days = NO_DAYS
) -> Iterator[dict[str, Any]]:
    """Yield {"id", "hits"}, or {"id", "error"}, for each line."""

    def work(row: Mapping[str, Any]) -> dict[str, Any]:
        text = words_of(row.get("question") or row.get("query") or "")
        image = path.parent / str(row["image"]) if row.get("image") else None
        request = Request(text=text, image=image, within=within, days=days)
        return {"hits": session.search(request, k=k)}

    yield from _each_line(path, work)


def _each_line(
    path: Path, work: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise PagelightError(f"The batch {path} can't be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _one_line(line, number, work)


def _one_line(
    line: str, number: int, work: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    row: Any = None
    try:
        row = json.loads(line)
        if not isinstance(row, dict):
            raise ValueError("not a JSON object")  # noqa: TRY004, TRY301 - told as one below
        return {"id": row.get("id", number), **work(row)}
    except (ValueError, PagelightError) as error:
        identifier = row.get("id", number) if isinstance(row, dict) else number
        return {"id": identifier, "error": f"line {number}: {error}"}

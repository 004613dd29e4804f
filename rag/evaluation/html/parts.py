"""The page around a report, and its small parts: escaped text, figures, tables.

Whatever comes from documents, questions or file names passes through `text`. The page asks no
host and no file for anything, and its Content-Security-Policy forbids it to.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

from rag.evaluation.html.words import Unit, Words
from rag.evaluation.measures.compare import verdict_of
from rag.evaluation.records.report import Difference

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table; `number` aligns it to the right."""

    title: str
    number: bool = False


def text(value: str) -> str:
    """Return any text as harmless HTML; letters that HTML can't carry become U+FFFD."""
    return html.escape(_CONTROL.sub("\ufffd", value), quote=True)


def name(value: str) -> str:
    """Return a file name as HTML, apart from its surroundings: it may hold right-to-left marks."""
    return f"<bdi>{text(value)}</bdi>"


def place_name(source: str, page: int | None) -> str:
    """Return file and page as HTML."""
    return name(source) if page is None else f"{name(source)}, page {page}"


def figure(value: float, unit: Unit) -> str:
    """Return a metric's value: 93.5 % or 0.801."""
    return f"{100 * value:.1f} %" if unit == "percent" else f"{value:.3f}"


def interval(low: float, high: float, unit: Unit) -> str:
    return f"{100 * low:.1f}–{100 * high:.1f}" if unit == "percent" else f"{low:.3f}–{high:.3f}"


def signed(value: float, unit: Unit) -> str:
    """Return a difference: +2.5, or +0.031; shares in percentage points."""
    shown = f"{100 * value:+.1f}" if unit == "percent" else f"{value:+.3f}"
    if float(shown) == 0:
        shown = shown[1:]
    return shown.replace("-", "−")


def difference_cells(difference: Difference, words: Words, *, n: int) -> tuple[str, str, str, str]:
    """Return difference, interval, p and verdict, each as the HTML of a cell."""
    low, high = signed(difference.low, words.unit), signed(difference.high, words.unit)
    said = verdict_of(difference, n=n, lower_is_better=words.lower_is_better)
    shown_p = f"{difference.p:.3f}" if difference.p >= 0.001 else "&lt; 0.001"  # noqa: PLR2004
    return (
        signed(difference.value, words.unit),
        f"{low} … {high}",
        shown_p,
        f'<span class="verdict {said}">{said}</span>',
    )


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], *, kind: str = "") -> str:
    """Return a table of cells that are HTML already; the first of a row is its header."""
    head = "".join(f'<th scope="col"{_align(c)}>{text(c.title)}</th>' for c in columns)
    body = "".join(f"<tr>{_cells(columns, row)}</tr>" for row in rows)
    return (
        f'<div class="wide"><table class="{kind}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cells(columns: Sequence[Column], row: Sequence[str]) -> str:
    first = f'<th scope="row"{_align(columns[0])}>{row[0]}</th>'
    rest = zip(columns[1:], row[1:], strict=True)
    return first + "".join(f"<td{_align(column)}>{cell}</td>" for column, cell in rest)


def _align(column: Column) -> str:
    return ' class="number"' if column.number else ""


def section(title: str, *parts: str, anchor: str, lead: str = "") -> str:
    """Return a section; "" where all of its parts are empty. `parts` are HTML, `lead` text."""
    if not any(parts):
        return ""
    told = f'<p class="lead">{text(lead)}</p>' if lead else ""
    return f'<section id="{anchor}"><h2>{text(title)}</h2>{told}{"".join(parts)}</section>'


def page(title: str, body: str) -> str:
    """Return the whole file around `body`, which is HTML already."""
    style, script = _file("report.css"), _file("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{text(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n<script>{script}</script>\n</body>\n</html>\n"
    )


def _file(file_name: str) -> str:
    return resources.files("rag.evaluation.html").joinpath(file_name).read_text(encoding="utf-8")

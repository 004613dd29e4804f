"""The page of pinned answers as Markdown with footnotes, and its pictures as files beside it."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from pagelight.ui.answers.answer_forms import KEPT_MARK, with_kept_marks
from pagelight.ui.html.language import known, say
from pagelight.ui.html.markdown_text import answer_markdown, plain
from pagelight.ui.pins.pinned_page import TITLE, PinnedEntry, PinnedPage

NAME: Final = "pinned-answers"


def as_markdown_zip(page: PinnedPage) -> bytes:
    """Return a ZIP file of the page and the pictures that it shows, in `figures/`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = [f"# {known(TITLE)}"]
        for number, entry in enumerate(page.entries, start=1):
            lines = _stored(archive, entry, number)
            parts += [*_words(entry), *lines]
        parts.append("\n".join(f"[^{n}]: {plain(t)}" for n, t in enumerate(page.footnotes, 1)))
        text = "\n\n".join(filter(None, parts)) + "\n"
        archive.writestr(f"{NAME}.md", text.encode("utf-8", "replace"))
    return buffer.getvalue()


def _stored(archive: zipfile.ZipFile, entry: PinnedEntry, number: int) -> list[str]:
    """Write the pictures of an answer into the archive; return the lines that show them."""
    lines = []
    for position, picture in enumerate(entry.pictures, start=1):
        path = f"figures/{number}-{position}.{picture.suffix}"
        archive.writestr(path, picture.data)
        lines.append(f"![{plain(picture.told)}]({path})")
    return lines


def _words(entry: PinnedEntry) -> list[str]:
    note = "\n".join(f"> {plain(line)}" for line in entry.note.split("\n")) if entry.note else ""
    text = say("No answer.")
    if entry.answer is not None:
        text = KEPT_MARK.sub(
            lambda mark: "".join(f"[^{n}]" for n in _numbers(entry, mark[1])),
            answer_markdown(with_kept_marks(entry.answer)),
        )
    return [f"## {plain(entry.question)}", note, text]


def _numbers(entry: PinnedEntry, mark: str) -> list[int]:
    return [entry.numbers[int(n)] for n in mark.split(",") if int(n) in entry.numbers]

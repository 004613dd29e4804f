"""Conversations and pinned answers as files that are taken along.

Markdown, alone or in a ZIP file with its pictures; JSON; a Word document; a PDF set by Typst. Knows
nothing of HTTP.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Literal

from PIL import Image

from ingest.discovery.formats import FORMATS
from pagelight.services.answering.answer_json import answer_json
from pagelight.ui.answers.markdown import (
    BULLET,
    KEPT_MARK,
    blocks_of,
    copied,
    is_table,
    plain,
    sources_of,
    strong_parts,
    with_kept_marks,
)
from pagelight.ui.language import say, spoken, translated
from pagelight.ui.scope import scope_text
from pagelight.ui.source.crops import ReadFigure
from pagelight.ui.templating import label_of, printable
from rag.datamodel import CELL_SEPARATOR, Answer
from rag.storage.conversations.exchange import Exchange

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph


Form = Literal["json", "md", "zip", "docx", "pdf"]
MEDIA_TYPES: Final = {each.suffixes[0].removeprefix("."): each.media_type for each in FORMATS}


def saved_as(
    form: Form, title: str, parts: Iterable[tuple[Exchange, str]], read: ReadFigure
) -> bytes:
    """Return exchanges, each with a note ("" none; text forms leave it out), as a file."""
    if form in {"docx", "pdf"}:
        return (_as_docx if form == "docx" else _as_pdf)(printable(title), _blocks(parts, read))
    exchanges = [exchange for exchange, _ in parts]
    if form == "zip":
        return _as_zip(title, exchanges, read)
    return (_as_json if form == "json" else as_markdown)(title, exchanges)


def asked_with(exchange: Exchange) -> Iterator[str]:
    """Yield what came with a question, and what was searched, in words."""
    if files := ", ".join(each.name for each in exchange.attachments):
        yield say("With the question: {names}", names=files)
    if exchange.scope:
        yield say("Searched in: {names}", names=scope_text(exchange.scope))


def file_name(title: str) -> str:
    """Return a file name, in letters that every system takes, without its suffix."""
    named = re.sub(r"[^\w-]+", "-", title.encode("ascii", "ignore").decode()).strip("-")
    return named[:60].strip("-") or "conversation"


def _as_json(title: str, exchanges: Sequence[Exchange]) -> bytes:
    """Return the conversation; answers have the shape of `pagelight ask --json`."""
    rows = []
    for exchange in exchanges:
        answer = answer_json(exchange.answer, profile="") if exchange.answer else None
        if answer:
            del answer["profile"], answer["hits"]
        files = [each.name for each in exchange.attachments]
        about = {"files": files, "searched_in": list(exchange.scope)}
        rows.append({"question": exchange.question, **about, "answer": answer})
    told = json.dumps({"name": title, "exchanges": rows}, ensure_ascii=False, indent=2)
    return told.encode("utf-8", "replace")


Stores = Callable[[Answer, int], Iterable[str]]
"""Stores the pictures of an answer of that number; returns the lines that show them."""


def as_markdown(title: str, exchanges: Sequence[Exchange], stored: Stores = lambda *_: ()) -> bytes:
    parts = [f"# {plain(title)}\n"]
    for number, exchange in enumerate(exchanges, start=1):
        parts.append(f"## {plain(exchange.question) or say('A picture')}\n")
        parts += (f"{plain(line)}\n" for line in asked_with(exchange))
        answer = exchange.answer
        if answer is None:
            parts.append(f"{say('Stopped.')}\n")
            continue
        parts += (f"{copied(answer, of=f'{number}-')}\n", *stored(answer, number))
        for one in answer.table_queries:
            parts.append(f"{say('Worked out')}: {plain(one.result)} — {plain(one.plan)}.\n")
        parts += (f"{plain(translated(note))}\n" for note in answer.notes)
    return "\n".join(parts).encode("utf-8", "replace")


def _as_zip(title: str, exchanges: Sequence[Exchange], read: ReadFigure) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:

        def stored(answer: Answer, number: int) -> Iterator[str]:
            for position, figure in enumerate(answer.figures, start=1):
                if found := read(answer, figure):
                    path = f"figures/{number}-{position}.{found[1]}"
                    archive.writestr(path, found[0])
                    yield f"![{plain(figure.alt or figure.caption)}]({path})\n"

        archive.writestr(f"{file_name(title)}.md", as_markdown(title, exchanges, stored))
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look, or the mark of a source."""

    text: str
    is_strong: bool = False
    is_mark: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a kind; a table's `rows` hold a cell each; a picture is a file's bytes."""

    kind: Literal["question", "note", "text", "bullet", "table", "picture", "source"]
    runs: Sequence[Run] = ()
    rows: Sequence[Sequence[Sequence[Run]]] = ()
    picture: bytes = b""


def _block(kind: Literal["question", "note", "source"], words: str) -> Block:
    return Block(kind, (Run(printable(words)),))


def _blocks(parts: Iterable[tuple[Exchange, str]], read: ReadFigure) -> Iterator[Block]:
    for exchange, note in parts:
        yield _block("question", exchange.question.strip() or say("A picture"))
        yield from (_block("source", line) for line in asked_with(exchange))
        if note:
            yield _block("note", note)
        if exchange.answer:
            yield from _of_answer(exchange.answer, read)


def _of_answer(answer: Answer, read: ReadFigure) -> Iterator[Block]:
    for lines in blocks_of(printable(with_kept_marks(answer))):
        if is_table(lines):
            rows = (row.split(CELL_SEPARATOR) for row in lines)
            yield Block("table", rows=[[_runs(cell) for cell in row] for row in rows])
            continue
        for line in lines:
            bullet = BULLET.match(line)
            said = line[bullet.end() :] if bullet else line.strip()
            yield Block("bullet" if bullet else "text", _runs(said))
    for figure in answer.figures:
        if picture := read(answer, figure):
            caption = printable(figure.caption or figure.alt)
            yield Block("picture", (Run(caption),), picture=picture[0])
    yield from (_block("source", translated(note)) for note in answer.notes)
    for number, places in sources_of(answer) if answer.state != "not_found" else ():
        quotes: dict[str, dict[str, None]] = {}
        for place in places:
            quote = " ".join(place.words.split())
            quotes.setdefault(label_of(place), {})[f" “{quote}”" if quote else ""] = None
        for label, texts in sorted(quotes.items()):
            yield _block("source", f"[{number}] {label}{''.join(texts)}")


def _runs(words: str) -> list[Run]:
    runs = []
    for part, is_strong in strong_parts(words):
        *marked, last = KEPT_MARK.split(part)
        for before, numbers in zip(marked[::2], marked[1::2], strict=True):
            runs.append(Run(before.rstrip(" "), is_strong=is_strong))
            runs.append(Run(f"[{numbers}]", is_strong=is_strong, is_mark=True))
        runs.append(Run(last, is_strong=is_strong))
    return [run for run in runs if run.text]


MAX_TITLE_LETTERS: Final = 255
"""Of a document's properties (ECMA-376, part 2)."""

PICTURE_WIDTH_EMU: Final = 5_029_200
"""Five and a half inches."""

MAX_PICTURE_PX: Final = 1600
_TEMPLATE: Final = Path(__file__).parents[1] / "templates" / "answers.typ"
_STYLES: Final = {
    "question": "Heading 1",
    "note": "Intense Quote",
    "text": None,
    "bullet": "List Bullet",
    "picture": "Caption",
    "source": "List",
}


def _as_docx(title: str, blocks: Iterable[Block]) -> bytes:
    from docx import Document  # noqa: PLC0415 - it takes a second

    document = Document()
    document.core_properties.title = title[:MAX_TITLE_LETTERS]
    document.core_properties.author = "Pagelight"
    document.add_heading(title, level=0)
    for block in blocks:
        if block.kind == "table":
            size = len(block.rows), max(map(len, block.rows))
            table = document.add_table(*size, style="Table Grid")
            for row, written in zip(block.rows, table.rows, strict=True):
                for runs, cell in zip(row, written.cells, strict=False):
                    _write(cell.paragraphs[0], runs)
            continue
        if block.kind == "picture":
            document.add_picture(io.BytesIO(block.picture), width=PICTURE_WIDTH_EMU)
        _write(document.add_paragraph(style=_STYLES[block.kind]), block.runs)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _write(paragraph: Paragraph, runs: Iterable[Run]) -> None:
    for run in runs:
        written = paragraph.add_run(run.text)
        written.font.superscript = run.is_mark or None
        written.bold = run.is_strong or None


def _as_pdf(title: str, blocks: Iterable[Block]) -> bytes:
    """Return a PDF whose words can be searched; pictures are `MAX_PICTURE_PX` at most."""
    import typst  # noqa: PLC0415 - it takes a moment

    with TemporaryDirectory(prefix="pagelight-pdf-") as name:
        folder, values = Path(name), []
        for number, block in enumerate(blocks):
            picture = f"{number}.png" if block.picture else ""
            values.append(asdict(block) | {"picture": picture})
            if picture:
                with Image.open(io.BytesIO(block.picture)) as image:
                    image.thumbnail((MAX_PICTURE_PX, MAX_PICTURE_PX))
                    image.convert("RGB").save(folder / picture)
        main = folder / "answers.typ"
        main.write_bytes(_TEMPLATE.read_bytes())
        data = {"title": title, "language": spoken(), "blocks": values}
        (folder / "answers.json").write_text(json.dumps(data), "utf-8")
        return typst.compile(main, root=folder, format="pdf")

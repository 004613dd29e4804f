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

from pagelight.services.answering.answer_json import answer_json
from pagelight.ui.answers.markdown import (
    BULLET,
    KEPT_MARK,
    STRONG,
    blocks_of,
    copied,
    is_table,
    plain,
    sources_of,
    with_kept_marks,
)
from pagelight.ui.language import say, spoken, translated
from pagelight.ui.scope import scope_text
from pagelight.ui.source.crops import ReadFigure
from pagelight.ui.templating import label_of, printable
from rag.datamodel import CELL_SEPARATOR, Answer
from rag.storage.conversations.exchange import Exchange

if TYPE_CHECKING:
    from docx.document import Document as DocumentType
    from docx.text.paragraph import Paragraph


Form = Literal["json", "md", "zip", "docx", "pdf"]
MEDIA_TYPES: Final[dict[Form, str]] = {
    "json": "application/json",
    "md": "text/markdown",
    "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def saved_as(
    form: Form, title: str, parts: Sequence[tuple[Exchange, str]], read: ReadFigure
) -> bytes:
    """Return exchanges, each with a note ("" none), as a file of a form.

    In those of text there are no notes; `read` reads the pictures of answers.
    """
    exchanges = [exchange for exchange, _ in parts]
    match form:
        case "json":
            return _as_json(title, exchanges)
        case "md":
            return as_markdown(title, exchanges)
        case "zip":
            return _as_zip(title, exchanges, read)
        case "docx":
            return _as_docx(printable(title), _paragraphs(parts, read))
        case "pdf":
            return _as_pdf(printable(title), _paragraphs(parts, read))


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
    parts = [_exchange_markdown(one, stored, number=n) for n, one in enumerate(exchanges, start=1)]
    return "\n".join([f"# {plain(title)}\n", *parts]).encode("utf-8", "replace")


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


def _exchange_markdown(exchange: Exchange, stored: Stores, *, number: int) -> str:
    about = (f"{plain(line)}\n" for line in asked_with(exchange))
    head = [f"## {plain(exchange.question) or say('A picture')}\n", *about]
    answer = exchange.answer
    if answer is None:
        return "\n".join([*head, f"{say('Stopped.')}\n"])
    others = [
        f"{say('Worked out')}: {plain(one.result)} — {plain(one.plan)}.\n"
        for one in answer.table_queries
    ]
    notes = [*others, *(f"{plain(translated(note))}\n" for note in answer.notes)]
    figures, text = stored(answer, number), copied(answer, of=f"{number}-")
    return "\n".join([*head, f"{text}\n", *figures, *notes])


_RUNS: Final = re.compile(f"{KEPT_MARK.pattern}|{STRONG.pattern}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words of one look: the mark of a source, strong, or plain."""

    text: str
    look: Literal["plain", "strong", "mark"] = "plain"


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph of a kind; a table's `rows` hold a cell each; a picture is a file's bytes."""

    kind: Literal["question", "note", "text", "bullet", "table", "picture", "source"]
    runs: Runs = ()
    rows: tuple[tuple[Runs, ...], ...] = ()
    picture: bytes = b""


def _paragraphs(parts: Iterable[tuple[Exchange, str]], read: ReadFigure) -> Iterator[Block]:
    for exchange, note in parts:
        question = printable(exchange.question.strip()) or say("A picture")
        yield Block(kind="question", runs=(Run(text=question),))
        yield from map(_remark, asked_with(exchange))
        if note:
            yield Block(kind="note", runs=(Run(text=printable(note)),))
        if exchange.answer:
            yield from _of_answer(exchange.answer, read)


def _of_answer(answer: Answer, read: ReadFigure) -> Iterator[Block]:
    for lines in blocks_of(printable(with_kept_marks(answer))):
        if is_table(lines):
            cells = (row.split(CELL_SEPARATOR) for row in lines)
            yield Block(kind="table", rows=tuple(tuple(map(_runs, row)) for row in cells))
            continue
        for line in lines:
            bullet = BULLET.match(line)
            said = line[bullet.end() :] if bullet else line.strip()
            yield Block(kind="bullet" if bullet else "text", runs=_runs(said))
    for figure in answer.figures:
        picture = read(answer, figure)
        if picture is not None:
            caption = printable(figure.caption or figure.alt)
            yield Block(kind="picture", runs=(Run(text=caption),), picture=picture[0])
    yield from (_remark(translated(note)) for note in answer.notes)
    if answer.state != "not_found":
        yield from _sources(answer)


def _remark(words: str) -> Block:
    return Block(kind="source", runs=(Run(text=printable(words)),))


def _runs(words: str) -> Runs:
    runs, at = [], 0
    for found in _RUNS.finditer(words):
        numbers, strong = found.groups()
        before = words[at : found.start()]
        runs.append(Run(text=before.rstrip(" ") if numbers else before))
        runs.append(
            Run(text=f"[{numbers}]", look="mark") if numbers else Run(text=strong, look="strong")
        )
        at = found.end()
    return tuple(run for run in (*runs, Run(text=words[at:])) if run.text)


def _sources(answer: Answer) -> Iterator[Block]:
    for number, places in sources_of(answer):
        quotes: dict[str, dict[str, None]] = {}
        for place in places:
            quote = " ".join(place.words.split())
            quotes.setdefault(label_of(place), {})[f" “{quote}”" if quote else ""] = None
        for label, texts in sorted(quotes.items()):
            yield _remark(f"[{number}] {label}{''.join(texts)}")


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
        _write(document, block)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _write(document: DocumentType, block: Block) -> None:
    if block.kind == "table":
        table = document.add_table(len(block.rows), max(map(len, block.rows)), style="Table Grid")
        for row, written in zip(block.rows, table.rows, strict=True):
            for runs, cell in zip(row, written.cells, strict=False):
                _write_runs(cell.paragraphs[0], runs)
        return
    if block.kind == "picture":
        document.add_picture(io.BytesIO(block.picture), width=PICTURE_WIDTH_EMU)
    _write_runs(document.add_paragraph(style=_STYLES[block.kind]), block.runs)


def _write_runs(paragraph: Paragraph, runs: Runs) -> None:
    for run in runs:
        written = paragraph.add_run(run.text)
        written.font.superscript = run.look == "mark" or None
        written.bold = run.look == "strong" or None


def _as_pdf(title: str, blocks: Iterable[Block]) -> bytes:
    """Return a PDF whose words can be searched; pictures are `MAX_PICTURE_PX` at most."""
    import typst  # noqa: PLC0415 - it takes a moment

    with TemporaryDirectory(prefix="pagelight-pdf-") as name:
        folder = Path(name)
        main = folder / "answers.typ"
        main.write_bytes(_TEMPLATE.read_bytes())
        values = [_block_values(block, folder, number) for number, block in enumerate(blocks)]
        data = {"title": title, "language": spoken(), "blocks": values}
        (folder / "answers.json").write_text(json.dumps(data), "utf-8")
        return typst.compile(main, root=folder, format="pdf")


def _block_values(block: Block, folder: Path, number: int) -> dict[str, object]:
    """Return a block for the template; its picture lies in the folder, by its name."""
    values = asdict(block) | {"picture": f"{number}.png" if block.picture else ""}
    if block.picture:
        with Image.open(io.BytesIO(block.picture)) as image:
            image.thumbnail((MAX_PICTURE_PX, MAX_PICTURE_PX))
            image.convert("RGB").save(folder / f"{number}.png")
    return values

r"""LaTeX: sections, paragraphs, lists, tables, captions and local pictures, as written.

Blocks are told here, once its own macros are expanded; the words of each by pylatexenc, which
follows no file and runs no macro.
Formulas are kept as they are written. `\input` and `\include` are not followed: files of the
folder are read each on its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, Final

from ingest.discovery.encoding import decode_text
from ingest.parsers.base.elements import (
    heading,
    list_element,
    one_line,
    table_element,
    text_element,
)
from ingest.parsers.base.grid import GridCell, resolve_spans, tidy
from ingest.parsers.base.pictures import LocalPictures
from ingest.parsers.text.plain import divide_text
from ingest.parsers.text.tex_macros import CODE, expanded
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

PIECE_LETTERS: Final = 8_000
"""pylatexenc's time grows with the square of what it is given at once."""

NESTING: Final = 40
_LEVELS: Final = {
    "part": 1, "chapter": 1, "section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 4,
    "subparagraph": 5, "frametitle": 1,
}  # fmt: skip
_COMMENT: Final = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_BRACED: Final = r"\{((?:[^{}]++|\{(?:[^{}]++|\{[^{}]*+\})*+\})*+)\}"
_ARGUMENT: Final = rf"\*?\s*+(?:\[[^\]]{{0,300}}\]\s*+)?{_BRACED}"
_SECTION: Final = re.compile(rf"\\({'|'.join(_LEVELS)}){_ARGUMENT}")
_TITLE: Final = re.compile(rf"\\title{_ARGUMENT}")
_AUTHOR: Final = re.compile(rf"\\author{_ARGUMENT}")
_CAPTION: Final = re.compile(rf"\\caption{_ARGUMENT}")
_PICTURE: Final = re.compile(r"\\includegraphics\s*+(?:\[[^\]]{0,300}\]\s*+)?\{([^{}]{1,300})\}")
_BEGIN: Final = re.compile(r"\\(begin|end)\s*\{([A-Za-z]+\*?)\}")
_ROW_END: Final = re.compile(r"\\\\\s*+(?:\[[^\]]{0,300}\])?|\\tabularnewline")
_RULE: Final = re.compile(
    r"\\(hline|toprule|midrule|bottomrule|endhead|endfoot|endfirsthead|endlastfoot"
    r"|(?:cline|cmidrule)\s*+(?:\([^()]*+\)\s*+)?\{[^{}]*+\})"
)
_MULTICOLUMN: Final = re.compile(rf"\\multicolumn\s*\{{(\d{{1,3}})\}}\s*\{{[^{{}}]*\}}\s*{_BRACED}")
_MULTIROW: Final = re.compile(
    rf"\\multirow\s*(?:\[[^\]]{{0,99}}\]\s*)?\{{(\d{{1,3}})\}}\s*(?:\{{[^{{}}]*\}}|\*)\s*{_BRACED}"
)
_CELL_END: Final = re.compile(r"(?<!\\)&")
_ITEM: Final = re.compile(r"\\item\b\s*+(?:\[([^\]]{0,300})\])?")
_PARAGRAPH: Final = re.compile(r"\n[ \t]*\n|\\par\b|\\maketitle\b|\\tableofcontents\b")
_SPACING: Final = re.compile(
    r"\\(label|vspace|hspace|centering|input|include|bibliographystyle|bibliography|setlength"
    r"|pagestyle|thispagestyle|newpage|clearpage|noindent|index)(?![A-Za-z])\*?\s*(\{[^{}]*\})*"
)
_LISTS: Final = ("itemize", "enumerate", "description")
_TABLES: Final = ("tabular", "tabularx", "longtable", "array", "tabulary")
_FLOATS: Final = ("table", "figure", "wrapfigure", "wraptable", "sidewaystable", "subfigure")
_MATHS: Final = ("equation", "align", "gather", "multline", "eqnarray", "displaymath", "math")
_SUFFIXES: Final = ("", ".png", ".jpg", ".jpeg")


def parse_latex(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Tex files; a whole document or a part of one."""
    text = expanded(_COMMENT.sub(r"\1", decode_text(file.at.read_bytes())))
    local = LocalPictures(file, assets, settings=settings)
    title = _first(_TITLE, text)
    elements = [
        *text_element(title, "title"),
        *text_element(_first(_AUTHOR, text)),
        *_blocks(_body(text), local),
    ]
    return local.document(elements, title=title)


def _body(text: str) -> str:
    before, begun, after = text.partition("\\begin{document}")
    body = after if begun else before
    whole, ended, rest = body.rpartition("\\end{document}")
    return _AUTHOR.sub("", _TITLE.sub("", whole if ended else rest))


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return one_line(words_of(found.group(1))) if found else ""


def _blocks(text: str, local: LocalPictures, depth: int = 0) -> Iterator[Element]:
    """Yield the elements of a text: environments each by its kind, the rest by sections."""
    for environment, inner in _parts(text):
        kind = environment.rstrip("*")
        if not kind:
            yield from _prose(inner, local)
        elif depth >= NESTING:
            continue
        elif kind in _LISTS:
            yield from list_element(_items(inner, is_numbered=kind == "enumerate"))
        elif kind in _TABLES:
            yield from table_element(_grid(inner))
        elif kind in CODE:
            yield from text_element(inner, "code")
        elif kind in _MATHS:
            yield from text_element(inner.strip())
        elif kind in _FLOATS:  # a caption follows what it belongs to
            made = _blocks(inner, local, depth + 1)
            yield from sorted(made, key=lambda element: element.role == "caption")
        else:
            yield from heading("Abstract", 1) if kind == "abstract" else ()
            yield from _blocks(inner, local, depth + 1)


def _prose(text: str, local: LocalPictures) -> Iterator[Element]:
    before, *sections = _SECTION.split(text)  # kind, title and words by turns
    yield from _paragraphs(before, local)
    for kind, title, words in zip(sections[::3], sections[1::3], sections[2::3], strict=True):
        yield from heading(words_of(title), _LEVELS[kind])
        yield from _paragraphs(words, local)


def _paragraphs(text: str, local: LocalPictures) -> Iterator[Element]:
    for part in _PARAGRAPH.split(text):
        for name in _PICTURE.findall(part):
            found = (local.fetch(name.strip() + suffix) for suffix in _SUFFIXES)
            if data := next(filter(None, found), None):
                yield from local.pictures.figure(data)
        for caption in _CAPTION.findall(part):
            yield from text_element(one_line(words_of(caption)), "caption")
        rest = _CAPTION.sub("", _PICTURE.sub("", _SPACING.sub("", part)))
        yield from text_element(one_line(words_of(rest)))


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, inside) of each outermost environment, ("", text) of what lies between."""
    at = 0
    open_at, kind, depth = 0, "", 0
    for found in _BEGIN.finditer(text):
        what, name = found.groups()
        if not kind and what == "begin":
            yield "", text[at : found.start()]
            open_at, kind, depth = found.end(), name, 1
        elif name == kind:
            depth += 1 if what == "begin" else -1
            if depth == 0:
                yield kind, text[open_at : found.start()]
                at, kind = found.end(), ""
    yield "", text[open_at if kind else at :]


def _items(text: str, *, is_numbered: bool) -> Iterator[tuple[int, str]]:
    """Yield the items of a list, those of lists inside it one step further in."""
    inner: dict[str, list[tuple[int, str]]] = {}
    flat: list[str] = []
    for kind, part in _parts(text):
        if kind in _LISTS:
            key = f"\0{len(inner)}\0"
            inner[key] = [(d + 1, t) for d, t in _items(part, is_numbered=kind == "enumerate")]
            flat.append(key)
        else:
            flat.append(part)
    pieces = _ITEM.split("".join(flat))
    for count, (label, words) in enumerate(zip(pieces[1::2], pieces[2::2], strict=True), 1):
        mark = f"{words_of(label)}:" if label else (f"{count}." if is_numbered else "-")
        own, *held = re.split(r"(\0\d+\0)", words)
        yield 0, f"{mark} {one_line(words_of(own))}"
        for key in held[::2]:
            yield from inner.get(key, [])


def _grid(text: str) -> list[list[str]]:
    body = _RULE.sub("", _without_columns(text))
    rows = []
    down: dict[int, list[GridCell]] = {}  # what reaches into the next rows, by its cell
    for row in _ROW_END.split(body):
        cells = [_cell(cell) for cell in _CELL_END.split(row)]
        for at, cell in enumerate(cells):
            if cell.rows > 1:
                cells[at] = replace(cell, rows=1)
                down[at] = [cells[at]] * (cell.rows - 1)
            elif down.get(at) and not cell.text:
                cells[at] = down[at].pop()
        if any(cell.text for cell in cells):
            rows.append(cells)
    return tidy(resolve_spans(rows))


def _without_columns(text: str) -> str:
    """Return a table without what says how its columns are set."""
    text = text.lstrip()
    for _ in range(3):  # [position], {width}, {columns}
        found = re.match(rf"\[[^\]]*\]|{_BRACED}", text)
        if not found:
            break
        text = text[found.end() :].lstrip()
    return text


def _cell(text: str) -> GridCell:
    if found := _MULTICOLUMN.search(text):
        return GridCell(text=one_line(words_of(found[2])), columns=int(found[1]))
    if found := _MULTIROW.search(text):
        return GridCell(text=one_line(words_of(found[2])), rows=int(found[1]))
    return GridCell(text=one_line(words_of(text)))


def words_of(text: str) -> str:
    """Return the words of a piece of LaTeX; formulas stay as they are written."""
    if not text.strip():
        return ""
    return "".join(_converter().latex_to_text(part) for part in divide_text(text, PIECE_LETTERS))


@cache
def _converter() -> Any:  # noqa: ANN401 - pylatexenc brings no types
    from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415 - 0.1 s, rarely needed

    return LatexNodes2Text(math_mode="verbatim", strict_latex_spaces=False)

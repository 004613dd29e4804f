r"""LaTeX: sections, paragraphs, lists, tables, captions and local pictures, as written.

It is written as HTML and read as a page: blocks are told here, once its own macros are expanded,
the words of each by pylatexenc, which follows no file and runs no macro.
Formulas are kept as they are written. `\input` and `\include` are not followed: files of the
folder are read each on its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any, Final

from ingest.discovery.encoding import decode_text
from ingest.parsers.base.elements import one_line, text_element
from ingest.parsers.base.pictures import LocalPictures
from ingest.parsers.text.plain import divide_text
from ingest.parsers.text.tex_macros import CODE, expanded
from ingest.parsers.web.web import page_elements
from rag.datamodel import Document, SourceFile
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
_COLUMNS: Final = re.compile(rf"\A\s*+(?:(?:\[[^\]]*+\]|{_BRACED})\s*+){{0,3}}")
"""How a table's columns are set: [position], {width}, {columns}."""

_CELL_END: Final = re.compile(r"(?<!\\)&")
_ITEM: Final = re.compile(r"\\item\b\s*+(?:\[([^\]]{0,300})\])?")
_PARAGRAPH: Final = re.compile(r"\n[ \t]*\n|\\par\b|\\maketitle\b|\\tableofcontents\b")
_SPACING: Final = re.compile(
    r"\\(label|vspace|hspace|centering|input|include|bibliographystyle|bibliography|setlength"
    r"|pagestyle|thispagestyle|newpage|clearpage|noindent|index)(?![A-Za-z])\*?\s*(\{[^{}]*\})*"
)
_LISTS: Final = {"itemize": "ul", "enumerate": "ol", "description": "dl"}
_TABLES: Final = ("tabular", "tabularx", "longtable", "array", "tabulary")
_FLOATS: Final = ("table", "figure", "wrapfigure", "wraptable", "sidewaystable", "subfigure")
_MATHS: Final = ("equation", "align", "gather", "multline", "eqnarray", "displaymath", "math")
_SUFFIXES: Final = ("", ".png", ".jpg", ".jpeg")


def parse_latex(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Tex files; a whole document or a part of one."""
    text = expanded(_COMMENT.sub(r"\1", decode_text(file.at.read_bytes())))
    local = LocalPictures(file, assets, settings=settings)

    def fetch(name: str) -> bytes | None:
        return next(filter(None, (local.fetch(name + suffix) for suffix in _SUFFIXES)), None)

    title, author = (_first(pattern, text) for pattern in (_TITLE, _AUTHOR))
    page = "".join(_blocks(_body(text)))
    elements = page_elements(page, fetch=fetch, pictures=local.pictures)[1]
    about = (*text_element(title, "title"), *text_element(author))
    return local.document([*about, *elements], title=title)


def _body(text: str) -> str:
    before, begun, after = text.partition("\\begin{document}")
    body = after if begun else before
    whole, ended, rest = body.rpartition("\\end{document}")
    return _AUTHOR.sub("", _TITLE.sub("", whole if ended else rest))


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return one_line(words_of(found.group(1))) if found else ""


def _blocks(text: str, depth: int = 0) -> Iterator[str]:
    """Yield the HTML of a text: environments each by its kind, the rest by sections."""
    for environment, inner in _parts(text) if depth < NESTING else ():
        kind = environment.rstrip("*")
        if not kind:
            yield from _prose(inner)
        elif kind in _LISTS:
            yield _list(inner, _LISTS[kind], depth + 1)
        elif kind in _TABLES:
            yield _table(inner)
        elif kind in CODE:
            yield f"<pre>{escape(inner)}</pre>"
        elif kind in _MATHS:
            yield f"<p>{escape(inner.strip())}</p>"
        elif kind in _FLOATS:
            caption = "".join(map(_html, _CAPTION.findall(inner)))
            held = "".join(_blocks(_CAPTION.sub("", inner), depth + 1))
            inside = held.replace("<table>", f"<table><caption>{caption}</caption>", 1)
            picture = f"<figure>{held}<figcaption>{caption}</figcaption></figure>"
            yield inside if "<table>" in held else picture
        else:
            yield "<h1>Abstract</h1>" if kind == "abstract" else ""
            yield from _blocks(inner, depth + 1)


def _prose(text: str) -> Iterator[str]:
    before, *sections = _SECTION.split(text)  # kind, title and words by turns
    yield from _paragraphs(before)
    for kind, title, words in zip(sections[::3], sections[1::3], sections[2::3], strict=True):
        yield f"<h{_LEVELS[kind]}>{_html(title)}</h{_LEVELS[kind]}>"
        yield from _paragraphs(words)


def _paragraphs(text: str) -> Iterator[str]:
    for part in _PARAGRAPH.split(text):
        yield from (f"<img src='{escape(name.strip())}'>" for name in _PICTURE.findall(part))
        if words := _html(_PICTURE.sub("", _SPACING.sub("", part))):
            yield f"<p>{words}</p>"


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


def _list(text: str, tag: str, depth: int) -> str:
    made = ""
    for environment, inner in _parts(text):
        if environment:
            whole = rf"\begin{{{environment}}}{inner}\end{{{environment}}}"
            made += "".join(_blocks(whole, depth))
            continue
        before, *items = _ITEM.split(inner)
        made += _html(before)
        for label, words in zip(items[::2], items[1::2], strict=True):
            if tag == "dl":
                made += f"<dt>{_html(label)}<dd>{_html(words)}"
            else:
                made += f"<li>{_html(label)}{': ' if label else ''}{_html(words)}"
    return f"<{tag}>{made}</{tag}>"


def _table(text: str) -> str:
    rows = ""
    down: dict[int, int] = {}  # in how many of the next rows a cell goes on, by its place
    for row in _ROW_END.split(_RULE.sub("", _COLUMNS.sub("", text, count=1))):
        cells = ""
        for at, cell in enumerate(_CELL_END.split(row)):
            across, below = _MULTICOLUMN.search(cell), _MULTIROW.search(cell)
            if down.get(at) and not cell.strip():
                down[at] -= 1
                continue
            down[at] = int(below[1]) - 1 if below else 0
            span = f" colspan={across[1]}" if across else f" rowspan={below[1]}" if below else ""
            found = across or below
            cells += f"<td{span}>{_html(found[2] if found else cell)}</td>"
        rows += f"<tr>{cells}</tr>"
    return f"<table>{rows}</table>"


def _html(text: str | None) -> str:
    return escape(one_line(words_of(text or "")))


def words_of(text: str) -> str:
    """Return the words of a piece of LaTeX; formulas stay as they are written."""
    if not text.strip():
        return ""
    return "".join(_converter().latex_to_text(part) for part in divide_text(text, PIECE_LETTERS))


@cache
def _converter() -> Any:  # noqa: ANN401 - pylatexenc brings no types
    from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415 - 0.1 s, rarely needed

    return LatexNodes2Text(math_mode="verbatim", strict_latex_spaces=False)

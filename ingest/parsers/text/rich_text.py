"""Rich Text files (RTF 1.9.1, often named .doc): headings, paragraphs, lists, tables and pictures.

A reader of our own: those in the registries drop tables, headings and pictures. It runs over the
tokens once, keeps the state of open groups on a stack of its own (groups nest without end), and
follows nothing that leads out of the file.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import ClassVar, Final

from ingest.parsers.base.elements import (
    document_of,
    first_text,
    heading,
    list_element,
    meaningful_title,
    place_captions,
    table_element,
    text_element,
)
from ingest.parsers.base.formatting import PLAIN, Look, Place, Run, marked
from ingest.parsers.base.grid import Slot, tidy
from ingest.parsers.base.pictures import Pictures
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings


def parse_rich_text(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """RTF; has no pages of its own."""
    pictures = Pictures(assets)
    title, elements = rich_text_elements(file.at.read_bytes(), pictures)
    return document_of(
        file,
        elements,
        title=meaningful_title(title, first_text(elements, "title", "heading")),
        warnings=pictures.warnings,
    )


def rich_text_elements(data: bytes, pictures: Pictures) -> tuple[str, list[Element]]:
    """Return the title that RTF has among its properties ("" for none), and its elements."""
    reader = RtfReader()
    reader.read(data)
    return reader.title, place_captions(_elements(reader.blocks, pictures))


def _elements(blocks: Sequence[RtfBlock], pictures: Pictures) -> list[Element]:
    elements: list[Element] = []
    for kind, run in groupby(blocks, key=_kind):
        same = list(run)
        if kind == "table":
            slots = [[Slot(text) for text in block.cells] for block in same]
            elements += table_element(tidy(slots))
        elif kind == "list":
            elements += list_element((0, block.text) for block in same)
        else:
            for block in same:
                elements += _element(block, pictures)
    return elements


def _kind(block: RtfBlock) -> str:
    if block.cells:
        return "table"
    return "list" if block.is_item and block.level is None else "other"


def _element(block: RtfBlock, pictures: Pictures) -> list[Element]:
    if block.picture:
        return pictures.figure(block.picture)
    if block.level == 0:
        return text_element(block.text, "title")
    return heading(block.text, block.level) if block.level else text_element(block.text)


MAX_GROUPS: Final = 10_000
"""Open at once; deeper ones are no document's."""

_TOKEN: Final = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\bin(\d{1,10}) ?|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\([^a-zA-Z])"
    rb"|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)
_SKIPPED: Final = frozenset(
    "colortbl filetbl listtable listoverridetable rsidtbl generator xmlnstbl themedata "
    "colorschememapping latentstyles datastore datafield fldinst objdata objclass pntext pntxta "
    "pntxtb header headerl headerr headerf footer footerl footerr footerf mmathPr bkmkstart "
    "bkmkend annotation atnid atnauthor atnref atndate revtbl nonshppict private wgrffmtfilter "
    "do fontemb template sp blipuid pnseclvl xe tc".split()
)
_LETTERS: Final = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "tab": " ", "emdash": "—",
    "endash": "–", "lquote": "\u2018", "rquote": "\u2019", "ldblquote": "\u201c",
    "rdblquote": "\u201d", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_CHARSETS: Final = {
    0: "cp1252", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250",
}  # fmt: skip
_HEADING: Final = re.compile(r"(heading|überschrift|titre|título|rubrik|kop)\s*(\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RtfBlock:
    """A paragraph, a row of cells, or a picture. `level` is a heading's, from 1; 0: the title."""

    text: str = ""
    level: int | None = None
    is_item: bool = False
    cells: tuple[str, ...] = ()
    picture: bytes = b""


@dataclass(slots=True)
class _State:
    """What an open group has set."""

    where: str = ""  # "": words; item, note, picture, info, title, fonts, styles, style, skip
    codec: str = "cp1252"
    fallbacks: int = 1  # bytes that stand for a `\u` letter to readers that know none
    hidden: bool = False
    look: Look = PLAIN


@dataclass(slots=True)
class _Paragraph:
    style: int = 0
    outline: int | None = None
    in_table: bool = False
    is_item: bool = False


@dataclass(slots=True)
class RtfReader:
    """One pass over a file: `blocks` in order, `title` as its properties have it."""

    blocks: list[RtfBlock] = field(default_factory=list)
    title: str = ""
    _notes: list[str] = field(default_factory=list)
    _note: list[Run] = field(default_factory=list)
    _stack: list[_State] = field(default_factory=list)
    _state: _State = field(default_factory=_State)
    _paragraph: _Paragraph = field(default_factory=_Paragraph)
    _text: list[Run] = field(default_factory=list)
    _cells: list[str] = field(default_factory=list)
    _bytes: bytearray = field(default_factory=bytearray)  # letters not yet decoded
    _hex: list[bytes] = field(default_factory=list)
    _styles: dict[int, str] = field(default_factory=dict)
    _style_name: list[str] = field(default_factory=list)
    _style_number: int = 0
    _fonts: dict[int, str] = field(default_factory=dict)
    _font: int = 0
    _codec: str = "cp1252"
    _to_skip: int = 0
    _starred: bool = False

    def read(self, data: bytes) -> None:
        at = 0
        while match := _TOKEN.search(data, at):
            at = match.end()
            hexed, binary, word, number, sign, brace, letters = match.groups()
            if binary:
                self._picture(data[at : at + int(binary)], is_hex=False)
                at += int(binary)
            elif brace:
                self._brace(is_open=brace == b"{")
            elif hexed:
                self._take(bytes([int(hexed, 16)]))
            elif word:
                self._word(word.decode("ascii"), int(number) if number else None)
            elif sign:
                self._sign(sign)
            elif letters:
                self._take(letters)
        self._flush()
        self._end_paragraph()
        self._end_row()

    def _brace(self, *, is_open: bool) -> None:
        self._flush()
        self._starred = False
        if is_open:
            if len(self._stack) >= MAX_GROUPS:
                raise RecursionError("groups in groups without end")
            self._stack.append(replace(self._state))
            return
        if self._state.where == "picture" and (
            not self._stack or self._stack[-1].where != "picture"
        ):
            self._end_picture()
        if self._state.where == "style":
            self._styles[self._style_number] = "".join(self._style_name).rstrip("; ")
            self._style_name = []
        if self._state.where == "note" and (not self._stack or self._stack[-1].where != "note"):
            self._end_note()
        if self._stack:
            self._state = self._stack.pop()

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
        elif sign in b"\\{}":
            self._take(sign)
        elif sign in b"\r\n":
            self._word("par", None)
        elif sign == b"~":
            self._say("\u00a0")
        elif sign == b"_":
            self._say("-")

    def _take(self, letters: bytes) -> None:
        """Take bytes of words, less those that stand for a letter said otherwise."""
        if self._state.where == "picture":
            self._picture(letters, is_hex=True)
            return
        skipped = min(self._to_skip, len(letters))
        self._to_skip -= skipped
        self._bytes += letters[skipped:]

    def _flush(self) -> None:
        if self._bytes:
            text = self._bytes.decode(self._state.codec, errors="replace")
            self._bytes.clear()
            self._say(text)

    def _say(self, text: str) -> None:
        self._flush()
        match self._state.where:
            case "" | "item":
                if not self._state.hidden:
                    self._text.append((text, self._state.look))
            case "note":
                self._note.append((text, self._state.look))
            case "title":
                self.title += _joined([(text, PLAIN)])
            case "style":
                self._style_name.append(text)
            case _:
                pass

    def _word(self, word: str, number: int | None) -> None:
        self._flush()
        starred, self._starred = self._starred, False
        if word == "u" and number is not None:
            self._unicode(number)
        elif word in _SKIPPED or (starred and word not in {"shppict", "pict"}):
            self._state.where = "skip"
        elif word in _LETTERS:
            self._letter(word)
        elif word in self._ACTIONS:
            action, default = self._ACTIONS[word]
            action(self, default if number is None else number)

    def _unicode(self, number: int) -> None:
        self._say(chr(number % 65536))  # half a letter, maybe: UTF-16
        self._to_skip = self._state.fallbacks

    def _letter(self, word: str) -> None:
        if self._state.where == "" and word in {"par", "sect", "page"}:
            if self._paragraph.in_table:
                self._text.append(("\n", self._state.look))
            else:
                self._end_paragraph()
        else:
            self._say(_LETTERS[word])

    def _end_paragraph(self) -> None:
        text = _joined(self._text)
        self._text = []
        if text.strip():
            self._end_row()
            self.blocks.append(
                RtfBlock(text=text, level=self._level(), is_item=self._paragraph.is_item)
            )
        self._paragraph.is_item = False
        self.blocks += [RtfBlock(text=note) for note in self._notes if note.strip()]
        self._notes = []

    def _level(self) -> int | None:
        name = self._styles.get(self._paragraph.style, "").strip()
        found = _HEADING.match(name)
        if found:
            return int(found.group(2))
        if name.lower() in {"title", "titel", "titre"}:
            return 0
        outline = self._paragraph.outline
        return None if outline is None or outline > 8 else outline + 1  # noqa: PLR2004 - 9 is body text

    def _end_cell(self) -> None:
        if self._state.where == "":
            self._cells.append(_joined(self._text).strip())
            self._text = []

    def _end_row(self) -> None:
        if self._cells:
            self.blocks.append(RtfBlock(cells=tuple(self._cells)))
            self._cells = []

    def _plain_paragraph(self) -> None:
        if self._state.where == "":
            self._paragraph = _Paragraph()

    def _picture(self, data: bytes, *, is_hex: bool) -> None:
        if self._state.where == "picture":
            self._hex.append(data if is_hex else binascii.hexlify(data))

    def _end_picture(self) -> None:
        digits = re.sub(rb"[^0-9a-fA-F]", b"", b"".join(self._hex))
        self._hex = []
        picture = binascii.unhexlify(digits[: len(digits) & ~1])
        if picture:
            self.blocks.append(RtfBlock(picture=picture))

    def _end_note(self) -> None:
        if self._note:
            self._notes.append(_joined(self._note))
            self._note = []

    def _go(self, where: str, *, inside: str = "") -> None:
        """Begin a part of another kind, where one may begin (`inside`: only in that kind)."""
        if self._state.where == inside or (not inside and self._state.where == "item"):
            self._state.where = where

    def _set_style(self, number: int) -> None:
        if self._state.where in {"styles", "style"}:
            self._state.where = "style"
            self._style_number = number
        elif self._state.where == "":
            self._paragraph.style = number

    def _set_font(self, number: int) -> None:
        self._font = number
        if self._state.where != "fonts":
            self._state.codec = self._fonts.get(number, self._codec)

    def _set_charset(self, number: int) -> None:
        if self._state.where == "fonts":
            self._fonts[self._font] = _CHARSETS.get(number, self._codec)

    def _set_code_page(self, number: int) -> None:
        try:
            "".encode(f"cp{number}")
        except LookupError:
            return
        self._codec = self._state.codec = f"cp{number}"

    def _set_outline(self, number: int) -> None:
        if self._state.where == "":
            self._paragraph.outline = number

    def _set_in_table(self, _: int) -> None:
        self._paragraph.in_table = True

    def _set_item(self, _: int) -> None:
        self._go("item")
        self._paragraph.is_item = True

    def _set_fallbacks(self, number: int) -> None:
        self._state.fallbacks = min(max(number, 0), 8)

    def _set_hidden(self, number: int) -> None:
        self._state.hidden = number != 0

    def _set_struck(self, number: int) -> None:
        self._state.look = replace(self._state.look, is_struck=number != 0)

    def _set_place(self, place: Place) -> None:
        self._state.look = replace(self._state.look, place=place)

    def _plain(self, _: int) -> None:
        self._state.hidden = False
        self._state.look = PLAIN

    _ACTIONS: ClassVar[dict[str, tuple[Callable[[RtfReader, int], None], int]]] = {
        "pard": (lambda self, _: self._plain_paragraph(), 0),
        "intbl": (_set_in_table, 0),
        "cell": (lambda self, _: self._end_cell(), 0),
        "row": (lambda self, _: self._end_row(), 0),
        "nestcell": (lambda self, _: self._say(" "), 0),
        "s": (_set_style, 0),
        "f": (_set_font, 0),
        "fcharset": (_set_charset, 0),
        "ansicpg": (_set_code_page, 1252),
        "outlinelevel": (_set_outline, 0),
        "uc": (_set_fallbacks, 1),
        "v": (_set_hidden, 1),
        "deleted": (_set_hidden, 1),
        "strike": (_set_struck, 1),
        "striked": (_set_struck, 1),
        "super": (lambda self, n: self._set_place("raised" if n else ""), 1),
        "sub": (lambda self, n: self._set_place("lowered" if n else ""), 1),
        "up": (lambda self, n: self._set_place("raised" if n else ""), 6),
        "dn": (lambda self, n: self._set_place("lowered" if n else ""), 6),
        "nosupersub": (lambda self, _: self._set_place(""), 0),
        "plain": (_plain, 0),
        "pict": (lambda self, _: self._go("picture"), 0),
        "fonttbl": (lambda self, _: self._go("fonts"), 0),
        "stylesheet": (lambda self, _: self._go("styles"), 0),
        "info": (lambda self, _: self._go("info"), 0),
        "title": (lambda self, _: self._go("title", inside="info"), 0),
        "footnote": (lambda self, _: self._go("note"), 0),
        "listtext": (_set_item, 0),
        "pntext": (_set_item, 0),
    }
    """What a word does, and the number it stands for where none is written."""


def _joined(runs: list[Run]) -> str:
    """Return one text; letters said in two halves are put together, single halves replaced."""
    return marked(runs).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

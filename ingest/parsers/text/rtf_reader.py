"""One pass over a Rich Text file: its paragraphs, rows, pictures, notes, headers and footers.

It runs over the tokens (RTF 1.9.1), keeps the state of open groups on a stack of its own (groups
nest without end), and follows nothing that leads out of the file. It is our own: those in the
registries drop tables, headings and pictures.
"""

from __future__ import annotations

import binascii
import re
from codecs import lookup
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from ingest.parsers.base.elements import comment_text
from ingest.parsers.base.formatting import PLAIN, Look, Place, Run, is_symbol_font, marked, shown_in
from ingest.parsers.base.office import PAGE_NUMBER

MAX_GROUPS: Final = 10_000
"""Open at once; deeper ones are no document's."""

_TOKEN: Final = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\bin(\d{1,10}) ?|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\([^a-zA-Z])"
    rb"|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)
_HEADING: Final = re.compile(r"(heading|überschrift|titre|título|rubrik|kop)\s*(\d)", re.IGNORECASE)
_BODY_LEVEL: Final = 9
_SKIPPED: Final = frozenset(
    "colortbl filetbl listtable listoverridetable rsidtbl generator xmlnstbl themedata "
    "colorschememapping latentstyles datastore datafield objdata objclass pntext pntxta "
    "pntxtb mmathPr bkmkstart bkmkend atnid atnref atndate revtbl nonshppict private "
    "wgrffmtfilter do fontemb template sp blipuid pnseclvl xe tc formfield".split()
)
_STARRED: Final = frozenset("shppict pict fldinst annotation atnauthor shpinst".split())
"""What is read although a program that does not know it may leave it out."""

_LETTERS: Final = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "tab": " ", "emdash": "—",
    "endash": "–", "lquote": "\u2018", "rquote": "\u2019", "ldblquote": "\u201c",
    "rdblquote": "\u201d", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
    "chpgn": PAGE_NUMBER, "nestcell": " ",
}  # fmt: skip
_SIGNS: Final = {b"~": "\u00a0", b"_": "-"}
_CHARSETS: Final = {
    0: "cp1252", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250",
}  # fmt: skip
_HEAD, _FOOT = "header", "footer"
_PARTS: Final = {
    "pict": "picture", "fonttbl": "fonts", "stylesheet": "styles", "info": "info",
    "footnote": "note", "annotation": "annotation", "atnauthor": "author", "shptxt": "box",
    **{f"{kind}{side}": kind for kind in (_HEAD, _FOOT) for side in ("", *"lrf")},
}  # fmt: skip
_SEPARATE_PARTS: Final = frozenset(
    {"note", "annotation", "author", "box", "title", "style", "instruction", _HEAD, _FOOT}
)
"""Parts whose words are kept by themselves until they end."""

_PLACES: Final[dict[str, Place]] = {
    **dict.fromkeys(("super", "up"), "raised"),
    **dict.fromkeys(("sub", "dn"), "lowered"),
    "nosupersub": "",
}
_PAGE_FIELDS: Final = (["PAGE"], ["NUMPAGES"], ["SECTIONPAGES"])


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
    where: str = ""  # "": words; item, picture, info, fonts, styles, skip, a separate part
    codec: str = "cp1252"
    fallbacks: int = 1  # bytes that stand for a `\u` letter to readers that know none
    hidden: bool = False
    look: Look = PLAIN
    signs: str = ""  # the font, if its letters are signs


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
    margins: dict[str, list[str]] = field(default_factory=lambda: {_HEAD: [], _FOOT: []})
    _notes: list[str] = field(default_factory=list)
    _apart: dict[str, list[Run]] = field(default_factory=lambda: defaultdict(list))
    _author: str = ""
    _stack: list[_State] = field(default_factory=list)
    _state: _State = field(default_factory=_State)
    _paragraph: _Paragraph = field(default_factory=_Paragraph)
    _text: list[Run] = field(default_factory=list)
    _cells: list[str] = field(default_factory=list)
    _bytes: bytearray = field(default_factory=bytearray)  # letters not yet decoded
    _hex: list[bytes] = field(default_factory=list)
    _styles: dict[int, str] = field(default_factory=dict)
    _style_number: int = 0
    _fonts: dict[int, str] = field(default_factory=dict)
    _font_names: dict[int, str] = field(default_factory=lambda: defaultdict(str))
    _font: int = 0
    _counts_pages: bool = False  # the field at hand does
    _codec: str = "cp1252"
    _to_skip: int = 0
    _starred: bool = False

    def read(self, data: bytes) -> None:
        at = 0
        while match := _TOKEN.search(data, at):
            at = match.end()
            hexed, binary, word, number, sign, brace, letters = match.groups()
            if binary:
                self._picture(binascii.hexlify(data[at : at + int(binary)]))
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
        ended = self._state.where
        if ended and (not self._stack or self._stack[-1].where != ended):
            self._end(ended, _joined(self._apart.pop(ended, [])))
        if self._stack:
            self._state = self._stack.pop()

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
        elif sign in b"\\{}":
            self._take(sign)
        elif sign in b"\r\n":
            self._word("par", None)
        elif sign in _SIGNS:
            self._say(_SIGNS[sign])

    def _take(self, letters: bytes) -> None:
        """Take bytes of words, less those that stand for a letter said otherwise."""
        if self._state.where == "picture":
            self._picture(letters)
            return
        skipped = min(self._to_skip, len(letters))
        self._to_skip -= skipped
        self._bytes += letters[skipped:]

    def _flush(self) -> None:
        if self._bytes:
            codec = "latin-1" if self._state.signs else self._state.codec
            text = self._bytes.decode(codec, errors="replace")
            self._bytes.clear()
            self._say(text)

    def _say(self, text: str) -> None:
        self._flush()
        where = self._state.where
        run = (shown_in(self._state.signs, text), self._state.look)
        if where in {"", "item"} and not self._state.hidden:
            self._text.append(run)
        elif where == "fonts":
            self._font_names[self._font] += text
        elif where in _SEPARATE_PARTS:
            self._apart[where].append(run)

    def _word(self, word: str, number: int | None) -> None:
        self._flush()
        starred, self._starred = self._starred, False
        if word == "u" and number is not None:
            self._say(chr(number % 65536))  # half a letter, maybe: UTF-16
            self._to_skip = self._state.fallbacks
        elif word in _SKIPPED or (starred and word not in _STARRED):
            self._state.where = "skip"
        elif word in _PARTS:
            self._go(_PARTS[word])
        elif word in _LETTERS:
            self._letter(word)
        elif word in _PLACES:
            place = "" if number == 0 else _PLACES[word]
            self._state.look = replace(self._state.look, place=place)
        else:
            self._act(word, number)

    def _letter(self, word: str) -> None:
        if self._state.where == "" and word in {"par", "sect", "page"}:
            if self._paragraph.in_table:
                self._text.append(("\n", self._state.look))
            else:
                self._end_paragraph()
        elif word == "tab" and self._state.where in self.margins:
            self._say("\t")
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
            return int(found[2])
        if name.lower() in {"title", "titel", "titre"}:
            return 0
        outline = self._paragraph.outline
        return None if outline is None or outline >= _BODY_LEVEL else outline + 1

    def _end_cell(self) -> None:
        if self._state.where in self.margins:
            self._say("\t")
        if self._state.where == "":
            self._cells.append(_joined(self._text).strip())
            self._text = []

    def _end_row(self) -> None:
        if self._cells:
            self.blocks.append(RtfBlock(cells=tuple(self._cells)))
            self._cells = []

    def _picture(self, digits: bytes) -> None:
        if self._state.where == "picture":
            self._hex.append(digits)

    def _end(self, where: str, text: str) -> None:
        lists = {"note": self._notes, "box": self._notes, **self.margins}
        match where:
            case _ if where in lists:
                lists[where].append(text)
            case "picture":
                digits = re.sub(rb"[^0-9a-fA-F]", b"", b"".join(self._hex))
                self._hex = []
                if picture := binascii.unhexlify(digits[: len(digits) & ~1]):
                    self.blocks.append(RtfBlock(picture=picture))
            case "annotation":
                self._notes.append(comment_text(text, author=self._author))
                self._author = ""
            case "author":
                self._author = text
            case "title":
                self.title += text
            case "style":
                self._styles[self._style_number] = text.rstrip("; ")
            case "instruction":
                self._counts_pages = text.split()[:1] in _PAGE_FIELDS
            case _:  # its words are nobody's
                pass

    def _go(self, where: str) -> None:
        if self._state.where in {"", "item"}:
            self._state.where = where
        elif where == "picture":
            self._state.where = "skip"

    def _act(self, word: str, number: int | None) -> None:  # noqa: C901, PLR0912 - a line for each word
        """Do what a word says, with the number behind it, if any."""
        state, paragraph, is_on = self._state, self._paragraph, number != 0
        match word:
            case "plain":
                state.hidden, state.look = False, PLAIN
            case "v" | "deleted":
                state.hidden = is_on
            case "strike" | "striked":
                state.look = replace(state.look, is_struck=is_on)
            case "f":
                self._set_font(number or 0)
            case "pard" if state.where == "":
                self._paragraph = _Paragraph()
            case "intbl":
                paragraph.in_table = True
            case "outlinelevel" if state.where == "":
                paragraph.outline = number or 0
            case "s" if state.where == "":
                paragraph.style = number or 0
            case "s" if state.where in {"styles", "style"}:
                state.where, self._style_number = "style", number or 0
            case "cell":
                self._end_cell()
            case "row":
                self._end_row()
            case "listtext":
                self._go("item")
                paragraph.is_item = True
            case "uc":
                state.fallbacks = 1 if number is None else min(max(number, 0), 8)
            case "title" if state.where == "info":
                state.where = "title"
            case "fldinst" if state.where in {"", "item", *_SEPARATE_PARTS}:
                state.where = "instruction"
            case "fldrslt":  # of a field that counts pages, no number is shown
                if self._counts_pages:
                    self._say(PAGE_NUMBER)
                    state.where = "skip"
                self._counts_pages = False
            case "fcharset" if state.where == "fonts":
                self._fonts[self._font] = _CHARSETS.get(number or 0, self._codec)
            case "ansicpg":
                with suppress(LookupError):  # no code page of Python's
                    self._codec = state.codec = lookup(f"cp{number}").name
            case _:
                pass

    def _set_font(self, number: int) -> None:
        self._font = number
        if self._state.where != "fonts":
            self._state.codec = self._fonts.get(number, self._codec)
            font = self._font_names[number].strip("; ")
            self._state.signs = font if is_symbol_font(font) else ""


def _joined(runs: list[Run]) -> str:
    """Return one text; letters said in two halves are put together, single halves replaced."""
    return marked(runs).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

"""One pass over a Rich Text file: its paragraphs, rows, pictures, notes, headers and footers.

It runs over the tokens, keeps the state of open groups on a stack of its own (groups nest without
end), and follows nothing that leads out of the file.
"""

from __future__ import annotations

import binascii
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from ingest.parsers.base.elements import comment_text
from ingest.parsers.base.formatting import (
    PLAIN,
    TICKED,
    UNTICKED,
    Look,
    Place,
    Run,
    is_symbol_font,
    marked,
    shown_in,
)
from ingest.parsers.base.office.markup import PAGE_NUMBER
from ingest.parsers.text.rtf_words import (
    CHARSETS,
    DROP_DOWN,
    FOOT,
    HEAD,
    LETTERS,
    MARGINS,
    NEVER_CHOSEN,
    PAGE_FIELDS,
    SEPARATE_PARTS,
    SKIPPED,
    STARRED,
    TICK_BOX,
)

MAX_GROUPS: Final = 10_000
"""Open at once; deeper ones are no document's."""

_TOKEN: Final = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\bin(\d{1,10}) ?|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\([^a-zA-Z])"
    rb"|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)
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

    where: str = ""  # "": words; item, picture, info, fonts, styles, skip, one of `SEPARATE_PARTS`
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
    margins: dict[str, list[str]] = field(default_factory=lambda: {HEAD: [], FOOT: []})
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
    _font_names: dict[int, str] = field(default_factory=dict)
    _font: int = 0
    _form: dict[str, int] = field(default_factory=dict)  # what is told of a form field
    _entries: list[str] = field(default_factory=list)  # of its list
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
            self._font_names[self._font] = self._font_names.get(self._font, "") + text
        elif where in SEPARATE_PARTS:
            self._apart[where].append(run)

    def _word(self, word: str, number: int | None) -> None:
        self._flush()
        starred, self._starred = self._starred, False
        if word == "u" and number is not None:
            self._unicode(number)
        elif word in SKIPPED or (starred and word not in STARRED):
            self._state.where = "skip"
        elif word in MARGINS:
            self._go(MARGINS[word])
        elif word in LETTERS:
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
        elif word == "tab" and self._state.where in self.margins:
            self._say("\t")
        else:
            self._say(LETTERS[word])

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
        if self._state.where in self.margins:
            self._say("\t")
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

    def _end(self, where: str, text: str) -> None:
        """Do what is done at the end of a part, with its words."""
        lists = {"note": self._notes, "box": self._notes, "entry": self._entries, **self.margins}
        match where:
            case _ if where in lists:
                lists[where].append(text)
            case "picture":
                self._end_picture()
            case "form":
                self._end_form()
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
                self._counts_pages = text.split()[:1] in PAGE_FIELDS
            case _:  # its words are nobody's
                pass

    def _end_picture(self) -> None:
        digits = re.sub(rb"[^0-9a-fA-F]", b"", b"".join(self._hex))
        self._hex = []
        picture = binascii.unhexlify(digits[: len(digits) & ~1])
        if picture:
            self.blocks.append(RtfBlock(picture=picture))

    def _begin_result(self, _: int) -> None:
        """Begin what a field shows: of one that counts pages, no number."""
        if self._counts_pages:
            self._say(PAGE_NUMBER)
            self._state.where = "skip"
        self._counts_pages = False

    def _begin_instruction(self, _: int) -> None:
        if self._state.where in {"", "item", *SEPARATE_PARTS}:
            self._state.where = "instruction"

    def _begin_form(self, _: int) -> None:
        self._form, self._entries = {}, []
        self._state.where = "form"

    def _end_form(self) -> None:
        """Say what a tick box or a drop-down shows; 25 is what was never chosen."""
        chosen = self._form.get("ffres", NEVER_CHOSEN)
        chosen = self._form.get("ffdefres", 0) if chosen == NEVER_CHOSEN else chosen
        kind = self._form.get("fftype")
        if kind == TICK_BOX:
            self._text.append((TICKED if chosen else UNTICKED, PLAIN))
        elif kind == DROP_DOWN and chosen < len(self._entries):
            self._text.append((self._entries[chosen], PLAIN))

    def _go(self, where: str, *, inside: str = "") -> None:
        """Begin a part of another kind, where one may begin (`inside`: only in that kind)."""
        if self._state.where == inside or (not inside and self._state.where == "item"):
            self._state.where = where
        elif where == "picture":
            self._state.where = "skip"

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
            font = self._font_names.get(number, "").strip("; ")
            self._state.signs = font if is_symbol_font(font) else ""

    def _set_charset(self, number: int) -> None:
        if self._state.where == "fonts":
            self._fonts[self._font] = CHARSETS.get(number, self._codec)

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
        "formfield": (_begin_form, 0),
        "ffl": (lambda self, _: self._go("entry", inside="form"), 0),
        "fftype": (lambda self, n: self._form.update(fftype=n), 0),
        "ffres": (lambda self, n: self._form.update(ffres=n), 0),
        "ffdefres": (lambda self, n: self._form.update(ffdefres=n), 0),
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
        "annotation": (lambda self, _: self._go("annotation"), 0),
        "atnauthor": (lambda self, _: self._go("author"), 0),
        "shptxt": (lambda self, _: self._go("box"), 0),
        "fldinst": (_begin_instruction, 0),
        "fldrslt": (_begin_result, 0),
        "chpgn": (lambda self, _: self._say(PAGE_NUMBER), 0),
        "listtext": (_set_item, 0),
        "pntext": (_set_item, 0),
    }
    """What a word does, and the number it stands for where none is written."""


def _joined(runs: list[Run]) -> str:
    """Return one text; letters said in two halves are put together, single halves replaced."""
    return marked(runs).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

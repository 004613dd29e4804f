"""The control words of Rich Text (RTF 1.9.1): which are letters, which begin what is told apart."""

from __future__ import annotations

from typing import Final

SKIPPED: Final = frozenset(
    "colortbl filetbl listtable listoverridetable rsidtbl generator xmlnstbl themedata "
    "colorschememapping latentstyles datastore datafield objdata objclass pntext pntxta "
    "pntxtb mmathPr bkmkstart "
    "bkmkend atnid atnref atndate revtbl nonshppict private wgrffmtfilter "
    "do fontemb template sp blipuid pnseclvl xe tc".split()
)
STARRED: Final = frozenset(
    "shppict pict formfield ffl fldinst annotation atnauthor shpinst".split()
)
"""What is read although a program that does not know it may leave it out."""

LETTERS: Final = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "tab": " ", "emdash": "—",
    "endash": "–", "lquote": "\u2018", "rquote": "\u2019", "ldblquote": "\u201c",
    "rdblquote": "\u201d", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
CHARSETS: Final = {
    0: "cp1252", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250",
}  # fmt: skip
HEAD, FOOT = "header", "footer"
MARGINS: Final = {f"{kind}{side}": kind for kind in (HEAD, FOOT) for side in ("", *"lrf")}
SEPARATE_PARTS: Final = frozenset(
    "note annotation author box title style entry instruction".split()
) | {HEAD, FOOT}
"""Parts whose words are kept by themselves until they end."""

PAGE_FIELDS: Final = (["PAGE"], ["NUMPAGES"], ["SECTIONPAGES"])
TICK_BOX, DROP_DOWN, NEVER_CHOSEN = 1, 2, 25

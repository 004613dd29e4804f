"""Small real files of every format, damaged at random: a Document or a reason, nothing else."""

import gzip
import tempfile
from pathlib import Path

import builders_biff12
import pytest
from builders_archives import mail, packed, tarred, zipped
from builders_biff import cell, merged, xls
from builders_biff12 import write_xlsb
from builders_office import WORD, found_file, parse, picture_bytes, write_raw_docx
from builders_outlook import message_tree, outlook
from builders_pdf import Page, pdf_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.archives.containers import CONTAINERS, UnpackingBudget, unpack
from ingest.discovery.discover import identify
from rag.errors import SourceError
from rag.settings import Settings
from rag.storage.files.members import MemberStore

BUDGET = UnpackingBudget(members=50, size_bytes=1_000_000)
ODF = "urn:oasis:names:tc:opendocument:xmlns:"
TEXT = (
    f'<o:document-content xmlns:o="{ODF}office:1.0" xmlns:t="{ODF}text:1.0"><o:body><o:text>'
    "<t:h>Mill</t:h><t:p>Words<t:s/></t:p><t:list><t:list-item><t:p>x</t:p></t:list-item></t:list>"
    "</o:text></o:body></o:document-content>"
)

SHEET = (
    f'<o:document-content xmlns:o="{ODF}office:1.0" xmlns:t="{ODF}text:1.0" '
    f'xmlns:b="{ODF}table:1.0"><o:body><o:spreadsheet><b:table b:name="S"><b:table-row '
    'b:number-rows-repeated="3"><b:table-cell b:number-columns-repeated="2"><t:p>A</t:p>'
    "</b:table-cell><b:covered-table-cell/></b:table-row></b:table></o:spreadsheet></o:body>"
    "</o:document-content>"
)
SLIDES = (
    f'<o:document-content xmlns:o="{ODF}office:1.0" xmlns:t="{ODF}text:1.0" '
    f'xmlns:d="{ODF}drawing:1.0" xmlns:p="{ODF}presentation:1.0"><o:body><o:presentation>'
    '<d:page d:name="1"><d:frame p:class="title"><d:text-box><t:p>Mill</t:p></d:text-box>'
    "</d:frame><d:g><d:custom-shape><t:p>x</t:p></d:custom-shape></d:g></d:page>"
    "</o:presentation></o:body></o:document-content>"
)
BOOK = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": (
        "<container xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles>"
        "<rootfile full-path='a.opf'/></rootfiles></container>"
    ),
    "a.opf": (
        "<package xmlns='http://www.idpf.org/2007/opf'><manifest><item id='a' href='a.html' "
        "media-type='application/xhtml+xml'/></manifest><spine><itemref idref='a'/></spine>"
        "</package>"
    ),
    "a.html": "<h1>Mill</h1><table><tr><td colspan='2'>x</td></tr></table>",
}
PAGE = (
    b"Subject: Mill\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/html\r\n\r\n<h1>Mill</h1><img src='cid:q'>\r\n"
    b"--x\r\nContent-Type: image/png\r\nContent-ID: <q>\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\niVBORw0=\r\n--x--\r\n"
)
RICH = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def docx():
    with tempfile.TemporaryDirectory() as folder:
        body = (
            f"<w:document {WORD}><w:body><w:p><w:r><w:t>x</w:t></w:r></w:p></w:body></w:document>"
        )
        return write_raw_docx(Path(folder) / "a.docx", body).read_bytes()


def xlsb():
    with tempfile.TemporaryDirectory() as folder:
        rows = builders_biff12.row(0, builders_biff12.cell(0, "Mill"), builders_biff12.shared(1, 0))
        sheets = {"A": builders_biff12.sheet(rows)}
        return write_xlsb(Path(folder) / "a.xlsb", sheets, strings=("x",)).read_bytes()


FILES = {
    "a.zip": zipped({"a.txt": "The well.", "b/c.json": "{}"}),
    "a.tar": tarred({"a.txt": b"The well."}, mode="w"),
    "a.tar.gz": tarred({"a.txt": b"The well."}),
    "a.gz": gzip.compress(b"The well."),
    "a.eml": bytes(mail("Key", "Under the stone.", {"a.txt": b"x", "b.zip": zipped({"c": "d"})})),
    "a.mbox": b"From a Mon Jan 5 10:00:00 2026\n" + bytes(mail("Key", "Under the stone.")),
    "a.msg": outlook("Key", "Under the stone.", attached={"a.txt": b"x", "": message_tree("Hm")}),
    "b.msg": outlook("Key", rich=RICH),
    "a.mht": PAGE,
    "a.7z": packed({"a.txt": b"The well.", "b/c.json": b"{}"}),
    "a.pdf": pdf_bytes(
        Page()
        .lines(72, 72, "The well", "is deep.")
        .rule(72, 200, 300, 200)
        .field(72, 300, 90, "x"),
        Page(rotate=90).lines(72, 72, "Turned").comment(72, 72, "Ask."),
    ),
    "a.odt": zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": TEXT}),
    "a.ods": zipped(
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": SHEET}
    ),
    "a.odp": zipped(
        {"mimetype": "application/vnd.oasis.opendocument.presentation", "content.xml": SLIDES}
    ),
    "a.epub": zipped(BOOK),
    "a.docx": docx(),
    "a.xls": xls(
        {"A": [cell(0, 0, "Mill"), cell(0, 1, (0.5, 1)), merged(0, 1, 0, 0)]}, codes=("0%",)
    ),
    "a.xlsb": xlsb(),
    "a.png": picture_bytes(30, 30),
    "a.rtf": rb"{\rtf1\ansi{\stylesheet{\s1 heading 1;}}\pard\s1 Mill\par\u8364 ?\'e4\cell\row}",
    "a.svg": b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><text>x</text></svg>",
    "a.json": b'{"a": [{"b": 1, "c": "x"}, {"b": 2, "c": "y"}], "d": {"e": null}}',
    "a.yaml": b"a: &x [1, 2]\nb: {c: *x}\n---\n- d\n",
    "a.xml": b"<?xml version='1.0'?><a b='c'><d>e</d><d>f</d>g<h/></a>",
    "a.tex": rb"\documentclass{a}\section{B}\begin{tabular}{l}a & b \\ c & d\end{tabular}$x$",
    "a.rst": b"A\n=\n\n- b\n\n.. csv-table::\n\n   a, b\n",
    "a.srt": b"1\n00:00:01,000 --> 00:00:02,000\nHi\n\n2\n00:00:03,000 --> 00:00:04,000\nHo\n",
    "a.vtt": b"WEBVTT\n\nNOTE x\n\na\n00:01.000 --> 00:02.000 align:start\n<v Ada>Hi</v>\n",
    "a.py": b"@x\ndef f():\n    pass\n",
}
damages = st.lists(
    st.tuples(
        st.sampled_from(["cut", "set", "drop", "twice", "put"]),
        st.floats(0, 1, exclude_max=True),
        st.binary(min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=6,
)


def damaged(data, steps):
    for kind, share, noise in steps:
        at = int(share * len(data))
        match kind:
            case "cut":
                data = data[: at + 1]
            case "set":
                data = data[:at] + noise + data[at + len(noise) :]
            case "drop":
                data = data[:at] + data[at + len(noise) :]
            case "twice":
                data = data[: at + 8] + data[at:]
            case "put":
                data = data[:at] + noise + data[at:]
    return data


def check(name, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            document = parse(path)
            for element in document.elements:
                element.text.encode()  # no half letters
            file = identify(found_file(path), settings=Settings())
            if file.media_type in CONTAINERS:
                unpack(
                    file, store=MemberStore(Path(folder) / "m"), settings=Settings(), budget=BUDGET
                )
        except SourceError as error:
            reason = str(error)
        else:
            reason = "read as a whole"
        assert len(reason) > 10


@pytest.mark.parametrize("name", sorted(FILES))
@settings(max_examples=12)
@given(steps=damages)
def test_a_damaged_file_gives_a_document_or_a_reason(name, steps):
    check(name, damaged(FILES[name], steps))


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_whole_file_is_read(name):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(FILES[name])
        assert parse(path).elements

"""Whatever a file lists is read, or the notes of the file say that it is not."""

import io
import shutil
import tempfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

import docx
import olefile
import pptx
import pypdf
import pytest
import xlsxwriter
from builders_biff import write_xls
from builders_office import found_file, parse, parse_text, told
from builders_outlook import compound
from builders_parts import Part, parts_of
from builders_pdf import Page, pdf_bytes

from ingest.archives.containers import CONTAINERS, entries
from ingest.discovery.discover import identify
from rag.settings import Settings

HIDDEN = "The spare keel lies behind the mill."
ELSEWHERE = {"image", "header", "footer"}
"""Told, where it is not read, by the notes on pictures; or shown by no page."""

HOW_IT_PRINTS = {"font", "printerSettings"}


def lost(path: Path) -> list[str]:
    """Return what a file lists that is neither read nor told."""
    file = identify(found_file(path), settings=Settings())
    document = parse(path)
    read = "\n".join((document.title, *(text for _, text in told(document))))
    notes = " ".join(document.warnings)
    held = set()
    if file.media_type in CONTAINERS:
        spool = Path(tempfile.gettempdir())
        held = {Path(each.name).stem for each in entries(file, spool=spool, max_bytes=1 << 30)}
    return [part.name for part in parts_of(path) if not _is_accounted(part, read, notes, held)]


def _is_accounted(part: Part, read: str, notes: str, held: set[str]) -> bool:
    if part.kind.partition("/")[0] in ELSEWHERE | HOW_IT_PRINTS or part.name in read:
        return True
    if Path(part.name).stem in held or part.name in notes:
        return True
    words = part.words()
    return not words or any(each in read.replace("\n", " ") for each in words)


def with_parts(path: Path, main: str, **parts: bytes) -> Path:
    """Put parts into a package that its main part relates to, each in its own way."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    folder, name = main.split("/")
    relations = f"{folder}/_rels/{name}.rels"
    types = "".join(f'<Override PartName="/{folder}/{p}" ContentType="a/b"/>' for p in parts)
    members["[Content_Types].xml"] = members["[Content_Types].xml"].replace(
        b"</Types>", types.encode() + b"</Types>"
    )
    for number, (part, data) in enumerate(parts.items()):
        members[f"{folder}/{part}"] = data
        line = f'<Relationship Id="x{number}" Type="http://made.example/{number}" Target="{part}"/>'
        members[relations] = members[relations].replace(
            b"</Relationships>", line.encode() + b"</Relationships>"
        )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def made_docx(path: Path) -> str:
    document = docx.Document()
    document.add_paragraph("The dock is open.")
    document.save(path)
    return "word/document.xml"


def made_pptx(path: Path) -> str:
    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "The dock is open."
    deck.save(path)
    return "ppt/presentation.xml"


def made_xlsx(path: Path) -> str:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Dock", "Depth"])
        sheet.write_row(1, 0, ["Nord", 9])
    return "xl/workbook.xml"


MADE = {"a.docx": made_docx, "a.pptx": made_pptx, "a.xlsx": made_xlsx}
UNREAD = {
    "story.xml": f"<x:story xmlns:x='made'><x:say>{HIDDEN}</x:say></x:story>".encode(),
    "vbaProject.bin": b"\0\1\2\3" * 30,
    "talk.txt": HIDDEN.encode(),
    "wide.xml": f"<x>{HIDDEN}</x>".encode("utf-16"),
}
SILENT = {"looks.xml": b"<x:look xmlns:x='made' colour='red'><x:on>true</x:on></x:look>"}


@pytest.mark.parametrize("name", MADE)
def test_parts_of_an_office_package_that_nobody_reads_are_told(tmp_path, name):
    path = tmp_path / name
    with_parts(path, MADE[name](path), **UNREAD, **SILENT)

    assert parse(path).warnings == (f"also holds {', '.join(sorted(UNREAD))}, not read",)
    assert lost(path) == []


@pytest.mark.parametrize("name", MADE)
def test_an_ordinary_office_package_has_no_such_note(tmp_path, name):
    path = tmp_path / name
    MADE[name](path)

    assert parse(path).warnings == ()
    assert lost(path) == []


def test_only_so_many_names_are_told(tmp_path):
    path = tmp_path / "a.docx"
    with_parts(path, made_docx(path), **{f"m{n:02}.bin": b"\0\1" * 9 for n in range(14)})

    assert parse(path).warnings[0].endswith("m08.bin, m09.bin and 4 more, not read")


def test_macros_and_objects_of_an_open_document_are_told(tmp_path):
    kinds = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
    content = (
        f'<o:document-content xmlns:o="{kinds.format("office")}" '
        f'xmlns:t="{kinds.format("text")}"><o:body><o:text><t:p>The dock is open.</t:p>'
        "</o:text></o:body></o:document-content>"
    )
    module = f"<script>{HIDDEN}</script>"
    parts = {"content.xml": content, "Basic/Standard/Module1.xml": module, "Object 1": b"\0\1" * 9}
    parts |= {"layout-cache": b"\0\1" * 9, "settings.xml": "<s>Some printer here</s>"}
    listed = "".join(f'<m:file-entry m:full-path="{n}" m:media-type="x"/>' for n in parts)
    parts["META-INF/manifest.xml"] = f'<m:manifest xmlns:m="{kinds.format("manifest")}">{listed}'
    parts["META-INF/manifest.xml"] += "</m:manifest>"
    with zipfile.ZipFile(path := tmp_path / "a.odt", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for name, data in parts.items():
            archive.writestr(name, data)

    assert parse(path).warnings == ("also holds Module1.xml, Object 1, not read",)


def test_storages_of_an_old_workbook_are_told(tmp_path):
    plain = write_xls(tmp_path / "a.xls", {"Dock": []})
    with olefile.OleFileIO(plain) as file:
        book = file.openstream("Workbook").read()
    path = tmp_path / "b.xls"
    path.write_bytes(compound({"Workbook": book, "_VBA_PROJECT_CUR": {"VBA": {"dir": b"x" * 9}}}))

    assert parse(path).warnings == ("also holds _VBA_PROJECT_CUR, not read",)
    assert lost(path) == []
    assert parse(plain).warnings == ()


def letter(*parts: tuple[str, str, str]) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Keel"
    message["From"], message["To"] = "a@example.org", "b@example.org"
    message.make_mixed()
    for kind, words, name in parts:
        part = EmailMessage()
        part["Content-Type"] = kind
        part.set_payload(words)
        if name:
            part["Content-Disposition"] = f'attachment; filename="{name}"'
        message.attach(part)
    return bytes(message)


def test_texts_of_a_mail_below_its_pictures_and_files_are_read(tmp_path):
    data = letter(
        ("text/plain", "See the plan.", ""),
        ("text/csv", "a,b", "plan.csv"),
        ("text/plain", HIDDEN, ""),
        ("text/html", "<p>Bring <b>cups</b>.</p>", ""),
    )

    document = parse_text(tmp_path, "a.eml", data)

    assert [text for _, text in told(document)][2:] == [
        "See the plan.",
        HIDDEN,
        "Bring cups.",
        "Attachments: plan.csv",
    ]
    assert document.warnings == ()
    assert lost(tmp_path / "a.eml") == []


def test_parts_of_a_mail_without_a_name_that_are_no_text_are_told(tmp_path):
    data = letter(("text/plain", "It came back.", ""), ("application/x-thing", "\x01\x02", ""))

    assert parse_text(tmp_path, "a.eml", data).warnings == (
        "also holds application/x-thing, not read",
    )
    assert lost(tmp_path / "a.eml") == []


def test_what_is_pinned_to_a_page_or_stands_beside_the_pages_of_a_pdf_is_told(tmp_path):
    writer = pypdf.PdfWriter(io.BytesIO(pdf_bytes(Page().text(50, 50, "The dock is open."))))
    rect = pypdf.generic.ArrayObject([pypdf.generic.NumberObject(n) for n in (9, 9, 30, 30)])
    named = {"/Type": "/Annot", "/Subtype": "/FileAttachment"}
    note = pypdf.generic.DictionaryObject(
        {pypdf.generic.NameObject(k): pypdf.generic.NameObject(v) for k, v in named.items()}
    )
    note[pypdf.generic.NameObject("/Rect")] = rect
    note[pypdf.generic.NameObject("/FS")] = pypdf.generic.TextStringObject("keel.csv")
    writer.add_annotation(0, note)
    writer.write(path := tmp_path / "a.pdf")

    assert parse(path).warnings == ("also holds a file pinned to a page, not read",)
    assert lost(path) == []


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["docx", "pptx", "xlsx", "ods", "eml", "pdf", "epub"])
def test_real_files_lose_nothing_in_silence(shared_data, tmp_path, suffix):
    folders = (shared_data / "corpus", shared_data / "cases")
    for path in sorted(path for folder in folders for path in folder.rglob(f"*.{suffix}")):
        listed = list(parts_of(path))
        copy = tmp_path / path.name
        if listed:
            shutil.copy(path, copy)
            assert (path.name, lost(copy)) == (path.name, [])

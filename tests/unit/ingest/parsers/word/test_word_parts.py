"""What stands beside the words of a Word document: signs, fields, comments, headers, formulas."""

import io

import docx
import pytest
from builders_office import WORD, parse, told, write_raw_docx
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
NAMES = f'{WORD} xmlns:r="{OFFICE}/relationships" xmlns:m="{OFFICE}/math"'


def p(*runs):
    return f"<w:p>{''.join(runs)}</w:p>"


def r(text, properties=""):
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


def field(instruction, result="", data=""):
    return (
        f"<w:r><w:fldChar w:fldCharType='begin'>{data}</w:fldChar></w:r>"
        f"<w:r><w:instrText> {instruction} </w:instrText></w:r>"
        f"<w:r><w:fldChar w:fldCharType='separate'/></w:r>{r(result)}"
        "<w:r><w:fldChar w:fldCharType='end'/></w:r>"
    )


def table(*rows):
    cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def read(tmp_path, body, **parts):
    """Read a document; each of `parts` (`header1`) is a part of the kind that its name says."""
    relations = "".join(
        f'<Relationship Id="{name}" Target="{name}.xml" Type="{OFFICE}/relationships/'
        f'{name.rstrip("0123456789")}"/>'
        for name in parts
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    path = write_raw_docx(
        tmp_path / "a.docx",
        f"<w:document {NAMES}><w:body>{body}</w:body></w:document>",
        **{
            "word/_rels/document.xml.rels": (
                f'<Relationships xmlns="{package}">{relations}</Relationships>'
            ),
            **{f"word/{name}.xml": content for name, content in parts.items()},
        },
    )
    return [text for _, text in told(parse(path))]


SYMBOL = "<w:rFonts w:ascii='Symbol' w:hAnsi='Symbol'/>"
BOX = "<w:ffData><w:checkBox><w:default w:val='{}'/>{}</w:checkBox></w:ffData>"
LIST = (
    "<w:ffData><w:ddList>{}<w:listEntry w:val='Petrol'/><w:listEntry w:val='Diesel'/>"
    "</w:ddList></w:ffData>"
)
SUP = "<m:oMath><m:sSup><m:e>{0}</m:e><m:sup>{1}</m:sup></m:sSup></m:oMath>"
MATH = "<m:r><m:t>{}</m:t></m:r>"


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([r("20 "), r("\uf0b0", SYMBOL), r("C")], "20 °C"),
        ([r("a", SYMBOL), r(" = 2")], "α = 2"),
        ([r("a "), "<w:r><w:sym w:font='Wingdings' w:char='F0FC'/></w:r>"], "a ✓"),
        ([r("a"), "<w:r><w:sym w:font='Wingdings' w:char='DFFF'/></w:r>"], "a"),
        ([field("FORMCHECKBOX", data=BOX.format(0, "<w:checked/>")), r(" yes")], "☒ yes"),
        ([field("FORMCHECKBOX", data=BOX.format(1, "")), r(" yes")], "☒ yes"),
        ([field("FORMCHECKBOX", data=BOX.format(1, "<w:checked w:val='0'/>"))], "☐"),
        ([field("FORMDROPDOWN", "Diesel", LIST.format("<w:result w:val='1'/>"))], "Diesel"),
        ([field("FORMDROPDOWN", data=LIST.format("")), r(" engine")], "Petrol engine"),
        ([field("FORMTEXT", "Wilhelmina", "<w:ffData><w:textInput/></w:ffData>")], "Wilhelmina"),
        ([field("REF fee", "31 euros"), r(" now")], "31 euros now"),
        ([SUP.format(MATH.format(10), MATH.format(6)), r(" cells")], "10^6 cells"),
        ([(f"<m:oMath><m:f><m:num>{MATH.format(1)}</m:num><m:den>{MATH.format(2)}</m:den></m:f>"
          "</m:oMath>"), r(" mile")], "1/2 mile"),
    ],
)  # fmt: skip
def test_signs_fields_and_formulas_are_read_as_they_are_shown(tmp_path, runs, said):
    assert read(tmp_path, p(*runs)) == [said]


def test_a_character_style_may_strike_and_raise(tmp_path):
    styles = (
        f"<w:styles {WORD}><w:style w:type='character' w:styleId='Old'><w:rPr><w:strike/></w:rPr>"
        "</w:style></w:styles>"
    )

    body = p(r("49 euros", "<w:rStyle w:val='Old'/>"), r(" 31 euros"))

    assert read(tmp_path, body, styles=styles) == ["~~49 euros~~ 31 euros"]


def test_lines_of_a_cell_are_set_apart_where_words_would_become_others(tmp_path):
    line = "<w:r><w:br/></w:r>"
    item = "<w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>{}</w:p>".format
    rows = table(
        [p(r("Ship")), p(r("Fee"))],
        [p(r("Red"), line, r("Sloop")), p(r("410"), line, r("480 kr"))],
        [item(r("Tar")) + item(r("Oakum")), p(r("7")) + p(r("9"))],
    )

    assert read(tmp_path, rows) == ["Ship | Fee\nRed Sloop | 410; 480 kr\nTar; Oakum | 7; 9"]


COMMENTS = (
    f"<w:comments {WORD}><w:comment w:id='0' w:author='Ed'><w:p>{r('Now 480.')}</w:p></w:comment>"
    f"<w:comment w:id='1'><w:p>{r('Why?')}</w:p></w:comment></w:comments>"
)


def test_comments_follow_what_they_are_about(tmp_path):
    noted = [f"<w:r><w:commentReference w:id='{n}'/></w:r>" for n in (0, 1)]
    rows = table([p(r("Shed")), p(r("Rent"))], [p(r("9")), p(r("410"), noted[1])])
    body = p(r("The rent is 410."), noted[0]) + rows

    assert read(tmp_path, body, comments=COMMENTS) == [
        "The rent is 410.",
        "Note by Ed: Now 480.",
        "Shed | Rent\n9 | 410",
        "Note: Why?",
    ]


def margin(tag, *blocks):
    return f"<w:{tag} {NAMES}>{''.join(blocks)}</w:{tag}>"


def section(*references, more=""):
    made = "".join(
        f"<w:{kind[:6]}Reference w:type='{page}' r:id='{kind}'/>" for kind, page in references
    )
    return f"<w:sectPr>{made}{more}</w:sectPr>"


def test_headers_and_footers_are_read_once_without_the_number_of_the_page(tmp_path):
    tab = "<w:r><w:tab/></w:r>"
    pages = [r("Page "), field("PAGE", "1"), r(" of "), field("NUMPAGES \\* Arabic", "9")]
    simple = f"<w:fldSimple w:instr=' PAGE '>{r('3')}</w:fldSimple>"
    header = margin("hdr", p(r("Contract ZX-4471"), tab, *pages))
    footer = margin("ftr", table([p(r("Valid until")), p(r("3 March 2031"))]), p(simple))
    both = section(("header1", "default"), ("footer1", "default"))
    body = p(r("The dredger Minna.")) + f"<w:p><w:pPr>{both}</w:pPr></w:p>" + both

    assert read(tmp_path, body, header1=header, footer1=footer) == [
        "Contract ZX-4471",
        "The dredger Minna.",
        "Valid until 3 March 2031",
    ]


@pytest.mark.parametrize(("more", "shown"), [("", []), ("<w:titlePg/>", ["Case 2027/0815"])])
def test_a_first_header_is_read_where_the_first_page_has_one(tmp_path, more, shown):
    header = margin("hdr", p(r("Case 2027/0815")))
    body = p(r("The court met.")) + section(("header1", "first"), more=more)

    assert read(tmp_path, body, header1=header) == [*shown, "The court met."]


def inner_document():
    document = docx.Document()
    document.add_heading("Hull", 2)
    document.add_paragraph("The hull has 14 loose rivets.")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


SAVED = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
    b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"<p>The hull has 14 =\r\nloose rivets.</p>\r\n--b--\r\n"
)
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html><body><p>The hull has 14 loose rivets.</p>", ["The hull has 14 loose rivets."]),
        (b"\xef\xbb\xbf<p>The hull has 14 loose rivets.", ["The hull has 14 loose rivets."]),
        (b"{\\rtf1 The hull has 14 loose rivets.\\par}", ["The hull has 14 loose rivets."]),
        (b"The hull has 14 loose rivets.\n", ["The hull has 14 loose rivets."]),
        (SAVED, ["The hull has 14 loose rivets."]),
        (inner_document(), ["Hull", "The hull has 14 loose rivets."]),
    ],
)
def test_a_part_of_another_format_is_read_where_it_stands(tmp_path, data, said):
    path = tmp_path / "a.docx"
    document = docx.Document()
    document.add_paragraph("Report.")
    part = Part(PackURI("/word/chunk1.dat"), MAIN, data, document.part.package)
    relation = document.part.relate_to(part, f"{OFFICE}/relationships/aFChunk")
    chunk = OxmlElement("w:altChunk")
    chunk.set(qn("r:id"), relation)
    document.element.body.insert(1, chunk)
    document.add_paragraph("End.")
    document.save(path)

    assert [text for _, text in told(parse(path))] == ["Report.", *said, "End."]

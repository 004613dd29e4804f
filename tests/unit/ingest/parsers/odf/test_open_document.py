"""OpenDocument texts, sheets and decks."""

import pytest
from builders_archives import zipped
from builders_office import only, parse_text, picture_bytes, told

from ingest.parsers.base.office import NAMESPACES as NAMES
from rag.errors import SourceError

NAMESPACES = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
KINDS = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


def read(folder, kind, body, *, styles="", parts=None, title=""):
    content = (
        f"<office:document-content {NAMESPACES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:{KINDS[kind]}>{body}"
        f"</office:{KINDS[kind]}></office:body></office:document-content>"
    )
    meta = f"<office:document-meta {NAMESPACES}><dc:title>{title}</dc:title></office:document-meta>"
    members = {
        "mimetype": f"application/vnd.oasis.opendocument.{KINDS[kind]}",
        "content.xml": content,
        "meta.xml": meta,
        **(parts or {}),
    }
    return parse_text(folder, f"a.{kind}", zipped(members))


def table(*rows, head=0):
    made = [
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{t}</text:p></table:table-cell>" for t in row)
        + "</table:table-row>"
        for row in rows
    ]
    top = f"<table:table-header-rows>{''.join(made[:head])}</table:table-header-rows>"
    return (
        f"<table:table table:name='Stock'>{top if head else ''}{''.join(made[head:])}</table:table>"
    )


def test_a_text_keeps_headings_lists_tables_and_notes(tmp_path):
    body = (
        "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
        "<text:p text:style-name='P1'>The mill</text:p>"
        "<text:h text:outline-level='2'>The wheel</text:h>"
        "<text:p>It turns<text:s text:c='2'/><text:span>slowly</text:span><text:note>"
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>Since 1850.</text:p>"
        "</text:note-body></text:note>.</text:p>"
        "<text:list text:style-name='L1'><text:list-item><text:p>Oil it</text:p></text:list-item>"
        "<text:list-item><text:p>Rest</text:p><text:list><text:list-item><text:p>an hour</text:p>"
        "</text:list-item></text:list></text:list-item></text:list>"
        + table(("Grain", "Bags"), ("Rye", "12"))
    )
    styles = (
        "<style:style style:name='P1' style:parent-style-name='Title'/>"
        "<text:list-style style:name='L1'><text:list-level-style-number text:level='1'/>"
        "</text:list-style>"
    )

    document = read(tmp_path, "odt", body, styles=styles, title="Mills")

    assert document.title == "Mills"
    assert told(document) == [
        ("title", "The mill"),
        ("heading", "The wheel"),
        ("paragraph", "It turns slowly."),
        ("paragraph", "Since 1850."),
        ("list", "1. Oil it\n2. Rest\n  - an hour"),
        ("table", "Grain | Bags\nRye | 12"),
    ]
    assert document.elements[1].level == 2


def test_a_picture_in_a_frame_has_the_caption_of_its_box(tmp_path):
    body = (
        "<text:p><draw:frame><draw:text-box><text:p><draw:frame><draw:image "
        "xlink:href='Pictures/a.png'/></draw:frame>Figure 1: The wheel</text:p></draw:text-box>"
        "</draw:frame></text:p>"
    )

    document = read(tmp_path, "odt", body, parts={"Pictures/a.png": picture_bytes()})

    assert told(document) == [("figure", ""), ("caption", "Figure 1: The wheel")]


def test_sheets_are_read_as_they_are_shown(tmp_path):
    blank = (
        "<table:table-row table:number-rows-repeated='1048000'><table:table-cell "
        "table:number-columns-repeated='16384'/></table:table-row>"
    )
    sheet = table(("Grain", "Price"), ("Rye", "12.50 €")).replace(
        "</table:table>", blank + "</table:table>"
    )

    document = read(tmp_path, "ods", sheet)

    assert told(document) == [("heading", "Stock"), ("table", "Grain | Price\nRye | 12.50 €")]


def test_a_slide_is_a_page_and_a_frame_has_its_box(tmp_path):
    frame = "svg:x='1cm' svg:y='2cm' svg:width='14cm' svg:height='3cm'"
    body = (
        f"<draw:page><draw:frame presentation:class='title' {frame}><draw:text-box>"
        "<text:p>Mills</text:p></draw:text-box></draw:frame></draw:page>"
        f"<draw:page><draw:frame presentation:class='title' {frame}><draw:text-box><text:p>Output"
        f"</text:p></draw:text-box></draw:frame><draw:g><draw:frame {frame}>"
        + table(("Year", "Bags"), ("2025", "12"))
        + "</draw:frame></draw:g><presentation:notes><draw:frame presentation:class='notes'>"
        "<draw:text-box><text:p>Say why.</text:p></draw:text-box></draw:frame></presentation:notes>"
        "</draw:page>"
    )
    styles = (
        f"<office:document-styles {NAMESPACES}><style:page-layout-properties "
        "fo:page-width='28cm' fo:page-height='20cm'/></office:document-styles>"
    )

    document = read(tmp_path, "odp", body, parts={"styles.xml": styles})

    assert document.page_count == 2
    assert [(e.page, e.role, e.text) for e in document.elements] == [
        (1, "title", "Mills"),
        (2, "heading", "Output"),
        (2, "table", "Year | Bags\n2025 | 12"),
        (2, "heading", "Notes"),
        (2, "paragraph", "Say why."),
    ]
    box = document.elements[2].provenances[0].bbox
    assert (round(box.x0, 3), round(box.y0, 2), round(box.x1, 3)) == (0.036, 0.1, 0.536)


def test_a_chart_is_the_table_of_its_values(tmp_path):
    chart = (
        f"<office:document-content {NAMESPACES}><office:body><office:chart><chart:chart>"
        "<chart:title><text:p>Bags a year</text:p></chart:title>"
        + table(("", "Rye"), ("2024", "9"), ("2025", "12"))
        + "</chart:chart></office:chart></office:body></office:document-content>"
    )
    body = "<text:p><draw:frame><draw:object xlink:href='./Object 1'/></draw:frame></text:p>"

    document = read(tmp_path, "odt", body, parts={"Object 1/content.xml": chart})

    assert told(document) == [
        ("table", " | Rye\n2024 | 9\n2025 | 12"),
        ("caption", "Bags a year"),
    ]


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"META-INF/manifest.xml": "<m><manifest:encryption-data/></m>"}, "password protected"),
        ({"content.xml": "<a><b>"}, "damaged"),
        ({"content.xml": "<a/>"}, "no content"),
        ({"content.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}, "XML entities"),
        ({"content.xml": "<a>" * 5000 + "</a>" * 5000}, "damaged"),
    ],
)
def test_locked_broken_and_hostile_files_are_refused(tmp_path, parts, reason):
    with pytest.raises(SourceError, match=reason):
        read(tmp_path, "odt", "", parts=parts)


def test_a_picture_that_lies_outside_is_not_fetched(tmp_path):
    (tmp_path / "secret.png").write_bytes(picture_bytes())
    body = (
        "<text:p>Words<draw:frame><draw:image xlink:href='../secret.png'/></draw:frame><draw:frame>"
        "<draw:image xlink:href='http://example.org/a.png'/></draw:frame></text:p>"
    )

    assert told(read(tmp_path, "odt", body)) == [("paragraph", "Words")]


def test_lines_and_items_of_a_cell_are_set_apart(tmp_path):
    items = "".join(
        f"<text:list-item><text:p>{word}</text:p></text:list-item>" for word in ("Tar", "Oakum")
    )
    rows = table(
        ("Ship", "Fee"),
        (f"</text:p><text:list>{items}</text:list><text:p>", "4<text:line-break/>9"),
    )

    assert only(read(tmp_path, "odt", rows), "table").text == "Ship | Fee\nTar; Oakum | 4; 9"


def test_headers_footers_and_comments_of_a_text_are_read(tmp_path):
    styles = (
        f"<office:document-styles {NAMESPACES}><office:master-styles><style:master-page>"
        "<style:header><text:p>Contract ZX-4471<text:tab/>Page <text:page-number>1"
        "</text:page-number></text:p></style:header>"
        "<style:header-left style:display='false'><text:p>Never shown</text:p></style:header-left>"
        "<style:footer><text:p>Valid until 2031</text:p></style:footer>"
        "</style:master-page></office:master-styles></office:document-styles>"
    )
    body = (
        "<text:p>The rent is 410.<office:annotation><dc:creator>Ed</dc:creator><dc:date>1</dc:date>"
        "<text:p>Now 480.</text:p></office:annotation></text:p>"
    )

    assert [
        text for _, text in told(read(tmp_path, "odt", body, parts={"styles.xml": styles}))
    ] == [
        "Contract ZX-4471",
        "The rent is 410.",
        "Note by Ed: Now 480.",
        "Valid until 2031",
    ]


def test_of_ruby_the_base_is_read(tmp_path):
    body = (
        "<text:p><text:ruby><text:ruby-base>山本</text:ruby-base><text:ruby-text>やまもと"
        "</text:ruby-text></text:ruby>は</text:p>"
    )

    assert told(read(tmp_path, "odt", body)) == [("paragraph", "山本は")]


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        (
            f"<office:document-content {NAMESPACES}><office:body><office:spreadsheet>"
            + table(("Tenant", "Rent"), ("Adelgund", "6100"))
            + "</office:spreadsheet></office:body></office:document-content>",
            "Tenant | Rent\nAdelgund | 6100",
        ),
        (
            (
                "<math xmlns='http://www.w3.org/1998/Math/MathML'><semantics><msup><mn>10</mn>"
                "<mn>6</mn></msup><annotation>10^{6}</annotation></semantics></math>"
            ),
            "10^6",
        ),
    ],
)
def test_sheets_and_formulas_within_a_text_are_read(tmp_path, inner, said):
    body = "<text:p><draw:frame><draw:object xlink:href='./Object 1'/></draw:frame></text:p>"

    document = read(tmp_path, "odt", body, parts={"Object 1/content.xml": inner})

    assert [text for _, text in told(document)] == [said]

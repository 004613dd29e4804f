"""What an OpenDocument sheet holds beside plain cells: notes, shapes, merged and hidden ones."""

from builders_archives import zipped
from builders_office import parse_text, told

from ingest.parsers.base.office import NAMESPACES as NAMES

NAMESPACES = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())


def read(folder, body, *, styles=""):
    content = (
        f"<office:document-content {NAMESPACES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{body}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return parse_text(folder, "a.ods", zipped({"mimetype": kind, "content.xml": content}))


def cell(text, more="", **attributes):
    given = "".join(f" table:{key.replace('_', '-')}='{v}'" for key, v in attributes.items())
    return f"<table:table-cell{given}>{more}<text:p>{text}</text:p></table:table-cell>"


def row(*cells, hidden=False):
    how = " table:visibility='filter'" if hidden else ""
    return f"<table:table-row{how}>{''.join(cells)}</table:table-row>"


def sheet(*rows):
    return f"<table:table table:name='Dock'>{''.join(rows)}</table:table>"


def test_a_note_stands_apart_from_its_cell(tmp_path):
    note = (
        "<office:annotation><dc:creator>Ada</dc:creator><text:p>was 00700</text:p>"
        "</office:annotation>"
    )
    body = sheet(row(cell("Town"), cell("Code")), row(cell("Vardo"), cell("00731", note)))

    assert told(read(tmp_path, body))[1:] == [
        ("table", "Town | Code\nVardo | 00731"),
        ("paragraph", "Note by Ada on B2: was 00700"),
    ]


def test_a_shape_over_a_cell_is_read_beside_the_table(tmp_path):
    shape = "<draw:rect><text:p>Dredging starts</text:p></draw:rect>"
    body = sheet(row(cell("Dock"), cell("Depth")), row(cell("Nord"), cell("9", shape)))

    assert told(read(tmp_path, body))[1:] == [
        ("table", "Dock | Depth\nNord | 9"),
        ("paragraph", "Dredging starts"),
    ]


def test_a_label_merged_downwards_stands_in_each_row(tmp_path):
    covered = "<table:covered-table-cell/>"
    body = sheet(
        row(cell("Deck"), cell("Person")),
        row(cell("Upper", number_rows_spanned=2), cell("Nils")),
        row(covered, cell("Ole")),
        row(cell("Lower"), cell("Per")),
    )

    assert told(read(tmp_path, body))[1:] == [
        ("table", "Deck | Person\nUpper | Nils\nUpper | Ole\nLower | Per")
    ]


def test_hidden_rows_are_read(tmp_path):
    body = sheet(row(cell("a"), cell("b")), row(cell("x"), cell("1"), hidden=True))

    document = read(tmp_path, body)

    assert told(document)[1:] == [("table", "a | b\nx | 1")]


def test_a_hidden_sheet_is_read_and_told(tmp_path):
    style = (
        "<style:style style:name='ta1'><style:table-properties table:display='false'/>"
        "</style:style>"
    )
    body = sheet(row(cell("a"), cell("b"))).replace(">", " table:style-name='ta1'>", 1)

    assert told(read(tmp_path, body, styles=style))[0] == ("heading", "Dock (hidden sheet)")

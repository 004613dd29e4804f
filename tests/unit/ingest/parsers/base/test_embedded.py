"""The files that are embedded in an Office package."""

import io
import struct

import docx
import openpyxl
import pptx
import pytest
from builders_archives import Shelf
from builders_office import write_zip
from builders_outlook import compound
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches


def workbook():
    book = openpyxl.Workbook()
    book.active.append(["Tenant", "Rent"])
    book.active.append(["Adelgund", 6100])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def document(**embedded):
    """Return a document that holds these files; `kind` of each name is that of its relationship."""
    made = docx.Document()
    made.add_paragraph("The rents stand in the sheet below.")
    for at, (name, data) in enumerate(embedded.items()):
        suffix = ".bin" if name.startswith("object") else ".xlsx"
        part = Part(
            PackURI(f"/word/embeddings/{name}{suffix}"), "application/x", data, made.part.package
        )
        kind = RELATIONSHIP_TYPE.OLE_OBJECT if suffix == ".bin" else RELATIONSHIP_TYPE.PACKAGE
        made.part.rels.add_relationship(kind, part, f"rId9{at}")
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def packed(label, data):
    """Return what is within the stream of a packed file ([MS-OLEDS] 2.3.6)."""
    names = label.encode() + b"\0" + b"C:\\a\0"
    temporary = b"C:\\t\0"
    return (
        struct.pack("<LH", 0, 2)
        + names
        + struct.pack("<LL", 3, len(temporary))
        + temporary
        + struct.pack("<L", len(data))
        + data
    )


def test_an_embedded_workbook_is_a_file_of_its_own(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.write("rents.docx", document(sheet=workbook()))

    assert shelf.states() == {"rents.docx": "ready", "rents.docx/sheet.xlsx": "ready"}
    assert shelf.found("Adelgund")[:1] == ["rents.docx/sheet.xlsx"]
    assert set(shelf.states().values()) == {"unchanged"}


@pytest.mark.parametrize(
    ("streams", "states"),
    [
        (
            {"\x01Ole10Native": packed("well.txt", b"The well is 63 m deep.")},
            {"a.docx/well.txt": ("ready", "")},
        ),
        ({"Package": workbook()}, {"a.docx/object": ("ready", "")}),
        ({"Equation Native": b"x"}, {}),
        ({"CONTENTS": b"8BPS"}, {"a.docx/object.bin": ("skipped", "whose files are not read")}),
        ({"\x01Ole10Native": b"cut"}, {"a.docx/object.bin": ("failed", "damaged")}),
    ],
)
def test_objects_of_the_older_kind_are_taken_apart(tmp_path, streams, states):
    shelf = Shelf(tmp_path)
    shelf.write("a.docx", document(object=compound(streams)))

    told = shelf.ingest()

    assert told.pop("a.docx") == ("ready", "")
    assert {name: state for name, (state, _) in told.items()} == {
        name: state for name, (state, _) in states.items()
    }
    assert all(reason in told[name][1] for name, (_, reason) in states.items())


def test_the_workbook_behind_a_chart_is_not_read_twice(tmp_path):
    deck = pptx.Presentation()
    data = CategoryChartData()
    data.categories = ["2019", "2020"]
    data.add_series("Rain", (12, 20))
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *(Inches(n) for n in (1, 2, 5, 3)), data)
    shelf = Shelf(tmp_path)
    deck.save(shelf.folder / "rain.pptx")

    assert shelf.states() == {"rain.pptx": "ready"}


def test_a_package_without_relationships_is_read_or_refused(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.write("b.docx", document())
    write_zip(shelf.folder / "a.docx", {"[Content_Types].xml": "", "word/_rels/a.xml.rels": ""})

    assert shelf.states() == {"a.docx": "failed", "b.docx": "ready"}

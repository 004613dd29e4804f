"""What is kept with a figure whose chart was not read, or is in doubt."""

from ingest.charts.table import Chart, UnreadableChartError, remarks
from ingest.ocr.charts import elements_read
from rag.datamodel import FULL_PAGE, Element, Provenance
from rag.storage.documents.codec import decode_elements, dump

FIGURE = Element(
    role="figure", text="0 50", provenances=(Provenance(page=4, bbox=FULL_PAGE, span=(0, 4)),)
)
CHART = Chart(kind="bar chart", grid=[["Year", "Value"], ["2001", "7"]])


def refused_with(error):
    def read():
        raise error

    return elements_read(read, FIGURE, None)


def test_why_a_chart_gave_no_values_is_kept_with_its_figure_and_told_once():
    elements = refused_with(UnreadableChartError("its bars stand on no line"))

    told = "The chart's values could not be read: its bars stand on no line"
    assert [one.remark for one in elements] == [told]
    assert list(remarks(elements)) == [f"page 4: {told}"]
    assert decode_elements(dump(elements)) == tuple(elements)


def test_each_doubt_of_a_figure_is_told_beside_it_and_the_document_is_read():
    doubtful = Chart(kind=CHART.kind, grid=CHART.grid, warnings=["one", "two"])
    figure, *tables = elements_read(lambda: [doubtful, doubtful, CHART], FIGURE, None)

    assert figure.remark == "The chart's values were read with doubt: one; two"
    assert len(tables) == 6
    assert list(remarks([figure, *tables])) == []

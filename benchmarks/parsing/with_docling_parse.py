"""docling-parse: the lines of each page as the library joins them."""

from docling_core.types.doc.page import TextCellUnit
from docling_parse.pdf_parser import DoclingPdfParser
from every_pdf import read_all

parser = DoclingPdfParser()


def pages(path: object) -> list[str]:
    document = parser.load(path_or_stream=str(path))
    return [
        "\n".join(cell.text for cell in page.iterate_cells(unit_type=TextCellUnit.LINE))
        for _, page in document.iterate_pages()
    ]


read_all(pages)

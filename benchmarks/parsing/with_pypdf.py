"""pypdf alone: the text of each page with its own layout rules."""

from every_pdf import read_all
from pypdf import PdfReader

read_all(lambda path: [page.extract_text() for page in PdfReader(path).pages])

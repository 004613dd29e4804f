"""MarkItDown: the document as Markdown; it tells no pages."""

from every_pdf import read_all
from markitdown import MarkItDown

converter = MarkItDown(enable_plugins=False)
read_all(lambda path: [converter.convert_local(path).text_content])

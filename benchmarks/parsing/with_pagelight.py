"""Pagelight's own parser: the elements of each document, tables with a bar between cells.

It also finds boxes, headings, figures and captions, and stores the pictures of figures.
"""

import sys
from pathlib import Path
from tempfile import mkdtemp

sys.path.insert(0, str(Path(__file__).parents[2]))

from every_pdf import read_all

from ingest.parsers.registry import parser_for
from rag.datamodel import SourceFile
from rag.settings import Settings
from rag.storage.images.assets import AssetStore

SETTINGS = Settings()
parser = parser_for("application/pdf", settings=SETTINGS)
assets = AssetStore(Path(mkdtemp()), megapixels=SETTINGS.image_megapixels)


def elements(path: Path) -> list[str]:
    file = SourceFile(
        path=str(path),
        source=path.name,
        root=str(path.parent),
        sha256=path.name,
        media_type="application/pdf",
        size_bytes=path.stat().st_size,
        mtime_ns=0,
    )
    return [element.text for element in parser.parse(file, assets).elements]


read_all(elements)

"""reStructuredText: rendered to HTML by docutils and read as a page.

Directives that read other files (`include`, `raw` and `csv-table` with a file or address) and raw
HTML are off; no configuration file is looked for; what docutils complains of stays out of the text.
"""

from __future__ import annotations

from typing import Any, Final

from ingest.discovery.encoding import decode_text
from ingest.parsers.base.elements import document_of, first_text, meaningful_title
from ingest.parsers.base.local_pictures import LocalPictures
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.web.web import page_elements
from rag.datamodel import Document, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

_SILENT: Final = 5  # above docutils' most severe level
_OPTIONS: Final[dict[str, Any]] = {
    "_disable_config": True,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": _SILENT,
    "halt_level": _SILENT,
    "embed_stylesheet": False,
    "stylesheet_path": None,
    "stylesheet": None,
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "image_loading": "link",
    "initial_header_level": 1,
    "doctitle_xform": False,
    "line_length_limit": 100_000,
    "id_prefix": "",
}


def parse_restructured(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """RST; Sphinx's own directives keep their words."""
    text = decode_text(file.at.read_bytes())
    pictures = Pictures(assets)
    local = LocalPictures(file, settings=settings)
    elements = page_elements(_rendered(text), fetch=local.fetch, pictures=pictures)[1]
    return document_of(
        file,
        elements,
        title=meaningful_title(first_text(elements, "heading")),
        warnings=pictures.warnings,
        companions=local.companions,
    )


def _rendered(text: str) -> str:
    from docutils.core import publish_parts  # noqa: PLC0415 - 0.2 s, rarely needed

    parts = publish_parts(text, writer="html5", settings_overrides=_OPTIONS)
    return str(parts["html_body"])

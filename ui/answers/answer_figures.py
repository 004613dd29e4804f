"""The pictures and the chart of an answer, as bytes to take along.

Knows values of `rag.datamodel` and pages; knows nothing of HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from rag.datamodel import Answer, Figure
from rag.parts.charts import AnswerChart
from service.asking.seams import Library
from service.pages.page_pictures import Pages, encoded
from ui.html.chart_svg import chart_svg
from ui.source.figures import widened

_SUFFIX: Final = {"image/jpeg": "jpg", "image/png": "png"}
CHART_PX: Final = 1280
"""Width of a drawn chart: twice that of its SVG, so that its words are sharp on paper."""

ReadFigure = Callable[[Answer, Figure], tuple[bytes, str] | None]
"""Returns the bytes of a figure's picture and its file's suffix; None where it has none."""


def figure_reader(library: Library, pages: Pages) -> ReadFigure:
    """Return what reads a figure as it is shown: the stored picture, or the part of its page."""

    def read(answer: Answer, figure: Figure) -> tuple[bytes, str] | None:
        if figure.image is not None:
            found = library.assets.find(figure.image.id)
            return (found[0].read_bytes(), _SUFFIX.get(found[1], "png")) if found else None
        doc = library.document(answer.citations[figure.citation].chunk.doc_id)
        if doc is None or figure.page is None or figure.bbox is None:
            return None
        pixels = pages.crop(doc, figure.page, widened(figure.bbox))
        return None if pixels is None else (encoded(pixels), "png")

    return read


def chart_png(chart: AnswerChart) -> bytes:
    """Return a chart as a picture, for what shows no SVG."""
    from resvg_py import svg_to_bytes  # noqa: PLC0415 - only for exports

    fonts = [str(font_file())]
    svg = chart_svg(chart, alone=True)
    drawn = svg_to_bytes(svg_string=svg, background="#ffffff", width=CHART_PX, font_files=fonts)
    return bytes(drawn)


def font_file(*, bold: bool = False) -> Path:
    """Return DejaVu Sans, which matplotlib brings: letters of Europe, Greek and Cyrillic too."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("matplotlib, a dependency, is not installed")
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    return folder / f"DejaVuSans{'-Bold' if bold else ''}.ttf"

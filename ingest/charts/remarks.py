"""What a person is told of a chart whose values were not read, or are in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ingest.charts.table import Chart, NoChartError, UnreadableChartError
from rag.datamodel import Element

_REFUSED: Final = "The chart's values could not be read: "


def refusal(error: UnreadableChartError) -> str:
    """Return the remark on a chart that was not read; "" where it may be none."""
    if isinstance(error, NoChartError):
        return ""
    return f"{_REFUSED}{error}"


def doubts(charts: Sequence[Chart]) -> str:
    """Return the remark on the charts of one figure; "" where nothing is in doubt."""
    told = dict.fromkeys(warning for chart in charts for warning in chart.warnings)
    return f"The chart's values were read with doubt: {'; '.join(told)}" if told else ""


def remarks(elements: Iterable[Element]) -> Iterator[str]:
    """Yield why figures of a document were not read, as its warnings.

    What is only in doubt is told beside the figure: the document is read.
    """
    for element in elements:
        if element.remark.startswith(_REFUSED):
            yield f"page {element.page}: {element.remark}" if element.page else element.remark

"""What a person is told of a chart whose values were not read, or are in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ingest.charts.table import Chart, NoChartError, UnreadableChartError
from rag.datamodel import Element


def refusal(error: UnreadableChartError) -> str:
    """Return the remark on a chart that was not read; "" where it may be none."""
    if isinstance(error, NoChartError):
        return ""
    return f"The chart's values could not be read: {error}"


def doubts(charts: Sequence[Chart]) -> str:
    """Return the remark on the charts of one figure; "" where nothing is in doubt."""
    told = dict.fromkeys(warning for chart in charts for warning in chart.warnings)
    return f"The chart's values were read with doubt: {'; '.join(told)}" if told else ""


def remarks(elements: Iterable[Element]) -> Iterator[str]:
    """Yield what is told of the figures of a document's pages, as its warnings."""
    for element in elements:
        if element.remark:
            yield f"page {element.page}: {element.remark}" if element.page else element.remark

"""The words by which a form of chart is searched for, which seldom stand on it. Knows words."""

from __future__ import annotations

from typing import Final

_WORDS: Final = {
    "bar chart": "bar chart graph",
    "line chart": "line chart graph",
    "pie chart": "pie chart graph",
    "scatter plot": "scatter plot chart graph",
    "chart": "chart graph",
}


def with_kind(context: str, kind: str) -> str:
    """Return what is searched before a passage's text: its context, and what its chart is."""
    return f"{context}\n{_WORDS[kind]}" if kind in _WORDS else context

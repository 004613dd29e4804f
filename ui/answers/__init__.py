"""An answer to take along: as text, as Markdown, with its sources as footnotes.

May use `html` and `http`.
"""

__all__ = [
    "answer_forms",
    "answer_routes",
]

"""Text with little markup: plain, Markdown, LaTeX, code, RTF.

May use `web` and `base`.
"""

__all__ = [
    "plain",
    "rich_text",
]

"""Text with little markup: plain, Markdown, LaTeX, code, RTF, subtitles.

May use `web` and `base`.
"""

__all__ = [
    "plain",
    "rich_text",
]

"""Text with little markup: plain, Markdown, LaTeX, code, RTF.

May use `web` and `base`.
"""

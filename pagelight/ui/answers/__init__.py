"""An answer: as it is shown, and to take along as text, as Markdown, with footnotes and figures.

May use `source` and below.
"""

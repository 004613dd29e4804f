"""The text of an answer, its figures and the part of a page that it speaks of.

May use `computed`, `passages` and below.
"""

__all__ = ["bold", "extractive", "figures", "region", "render_json"]

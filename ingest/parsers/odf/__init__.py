"""OpenDocument: texts, sheets, slides.

May use `base`, `sheets` and `slides`.
"""

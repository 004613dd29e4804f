"""The panel of models.

May use `html` and `http`.
"""

__all__ = [
    "models_html",
    "models_routes",
    "writer_words",
]

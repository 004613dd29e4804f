"""The table tab.

May use `html` and `http`.
"""

__all__ = [
    "table_html",
    "table_routes",
]

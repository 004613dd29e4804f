"""Tables of a PDF page: ruled, by columns, continued.

May use `drawn` and `letters`.
"""

__all__ = [
    "cells",
    "continued",
    "grids",
    "heads",
    "ruled",
    "tables",
]

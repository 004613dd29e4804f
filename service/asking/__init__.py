"""Questions as people ask them: with files, in batches, as tables.

May use `rag`.
"""

__all__ = [
    "asking",
    "brought",
    "messages",
    "places",
    "quoted",
    "seams",
    "suggest",
    "table",
    "table_export",
    "table_numbers",
    "turns",
]

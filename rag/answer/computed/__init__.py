"""Answers that are worked out of rows and cells: counted, compared, calculated.

May use `evidence` and below.
"""

__all__ = [
    "arithmetic",
    "beside",
    "computed_answers",
    "drawn",
    "listed_column",
    "long_tables",
    "people",
    "plan_told",
    "planned",
    "rows_asked",
    "table_rows",
]

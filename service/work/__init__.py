"""What goes on beside a question: ingests, tables, suggestions, reports.

May use `asking` and `people`.
"""

__all__ = [
    "jobs",
    "line",
    "reports",
    "seen_engine",
    "suggestions",
    "table_jobs",
]

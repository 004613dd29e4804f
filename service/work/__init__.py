"""What goes on beside a question: ingests, tables, suggestions, reports.

May use `asking` and `people`.
"""

__all__ = [
    "collections",
    "jobs",
    "line",
    "quotas",
    "reports",
    "seen_engine",
    "suggestions",
    "table_jobs",
    "watch",
]

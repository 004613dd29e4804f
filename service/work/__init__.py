"""What goes on beside a question: ingests, tables, suggestions, reports.

May use `asking` and `people`.
"""

__all__ = [
    "collections",
    "copying",
    "elsewhere",
    "folder_names",
    "jobs",
    "line",
    "quotas",
    "reports",
    "seen_engine",
    "shared_jobs",
    "succession",
    "suggestions",
    "table_jobs",
    "watch",
]

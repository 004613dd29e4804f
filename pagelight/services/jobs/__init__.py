"""What goes on beside a question: ingests, tables, suggestions, reports.

May use `asking` and `people`.
"""

"""What goes on beside a question: ingests, tables, reports.

May use `asking` and `people`.
"""

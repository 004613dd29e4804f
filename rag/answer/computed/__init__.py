"""Answers that are worked out of rows and cells: counted, compared, calculated."""

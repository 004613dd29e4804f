"""Time and memory of an ingest, beside bare calls.

May use `base` and what people run.
"""

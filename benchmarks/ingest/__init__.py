"""Time and memory of an ingest, beside bare calls and beside other frameworks.

May use `base` and what people run. What is called `with_` runs in an environment of its own.
"""

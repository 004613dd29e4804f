"""Fidelity and speed of parsers beside others, and arbitrary bytes against them.

May use `base`, `ingest` and `rag`. What is called `with_`, and `target`,
run in environments of their own.
"""

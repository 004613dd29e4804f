"""The planner of questions over tables, learned from tables and answers.

May use `rag.tables` and the embedder.
"""

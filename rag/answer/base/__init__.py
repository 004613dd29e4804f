"""What every part of answering stands on: tables, boxes, citations, numbers, prompts.

May use `rag.retrieval` and the rows of `rag.storage`.
"""

"""What every part of answering stands on: tables, boxes, citations, numbers, prompts.

May use `rag.retrieve` and the rows of `rag.index`.
"""

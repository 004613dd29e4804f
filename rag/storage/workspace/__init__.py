"""A workspace whole: what is committed, seen, checked and tidied in one step.

May use every room of `rag.storage`.
"""

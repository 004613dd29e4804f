"""The reader: data, model, training, export.

May use `rag.models`.
"""

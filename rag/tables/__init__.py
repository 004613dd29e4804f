"""Tables as values, and questions over them as small plans that are run.

May use `rag.text` and `rag.number_forms`; knows no chunk's neighbours, no store and no model.
"""

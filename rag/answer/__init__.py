"""From hits to an answer: what was asked, what may answer it, how sure that is, how it is told.

May use `rag.retrieval` and `rag.storage`; knows no model, only the seams of `rag.protocols`.
"""

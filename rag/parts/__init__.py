"""Values that stand in an answer beside its words and places.

May use nothing of `rag`.
"""

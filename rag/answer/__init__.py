"""From hits to an answer: what was asked, what may answer it, how sure that is, how it is told.

Knows no model, only the seams of `rag.protocols`.
"""

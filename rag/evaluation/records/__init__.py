"""Questions, what was answered to them, and how both are kept.

May use the values of `rag`.
"""

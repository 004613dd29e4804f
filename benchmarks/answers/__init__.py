"""What answers gain by rules, passages, rewriting and spelling, and what moved the reader.

May use `rag`, `service` and `training`.
"""

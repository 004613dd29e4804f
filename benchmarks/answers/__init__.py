"""What answers gain by rules, passages, rewriting and spelling, what a conversation costs, and what moved the reader.

May use `rag`, `service` and `training`.
"""

"""What answers gain by rules, passages and spelling, what conversations cost, what moved the reader.

May use `rag`, `service` and `training`.
"""

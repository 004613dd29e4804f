"""What answers gain by rules, passages and spelling, what a conversation costs, what readers weigh.

May use `rag`, `service` and `training`.
"""

"""Search by pictures: one contrastive space for words and pictures.

May use `rag` and `training`.
"""

"""Weights of ranking, passages and confidence, fitted on questions.

May use `reader`.
"""

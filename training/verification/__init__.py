"""Weights of the check of sentences against their sources.

May use `reader`.
"""

"""Small models of drawn pictures, to measure search by pictures.

May use `rag`.
"""

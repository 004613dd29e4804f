"""Small models of drawn pictures, to measure search by pictures; and the kinds of real ones.

May use `ingest` and `rag`.
"""

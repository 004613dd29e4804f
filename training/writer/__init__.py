"""A small model that writes: drawn facts, pages and pictures, its checkpoint, its course.

May use `rag`.
"""

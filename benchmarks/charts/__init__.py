"""How right values are read off charts that are drawn, and off pictures of charts.

May use `ingest` and `rag`.
"""

"""Summaries of documents and of some of their pages, and what is asked of documents themselves."""

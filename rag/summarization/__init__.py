"""Summaries of a document, of some of its pages or of several."""

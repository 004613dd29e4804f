"""Pinned answers: gathered on a page with notes, and taken along as a document."""

"""Retrieval, reading, answering and citing. Knows nothing of files' formats or of the browser."""

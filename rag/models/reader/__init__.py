"""The small reader: spans that answer, and which words moved it."""

"""Models that come with the set-up, each in a package of its own.

May use `rag.protocols` and the values below it; knows no question and no store.
"""

__all__ = ["llm", "setup"]

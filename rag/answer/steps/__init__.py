"""Further searches that a model asks for while it answers: what it may ask, and what it gets.

May use `question`, `reading_room` and below. Knows no model and no store.
"""

__all__ = ["call_forms", "calls", "table_queries", "toolbox", "trail"]

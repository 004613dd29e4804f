"""What a message wants besides an answer: a summary, what there is, what a picture shows.

Knows words alone.
"""

__all__ = ["library_wish", "picture_wish", "summary_wish"]

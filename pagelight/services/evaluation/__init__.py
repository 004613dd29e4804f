"""Questions with known answers, asked and scored.

May use `session` and below.
"""

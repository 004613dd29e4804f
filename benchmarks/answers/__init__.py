"""Answers in many languages, scored; and answers that were read."""

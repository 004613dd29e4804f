"""A question's way to a cited answer: its steps, in order."""

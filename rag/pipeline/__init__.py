"""A question's way to a cited answer: its steps, and their wiring."""

"""Sentences, rows and short answers that may answer, and which is likeliest."""

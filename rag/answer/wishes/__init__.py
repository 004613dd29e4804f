"""What a message wants besides an answer: a summary, what there is, what a picture shows.

Knows words alone.
"""

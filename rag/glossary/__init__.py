"""Texts of other languages word by word in English, and English words in these.

What reads and embeds here knows English alone: a gloss lets it read the rest.
"""

"""Texts of other languages word by word in English, which all here reads, and the other way."""

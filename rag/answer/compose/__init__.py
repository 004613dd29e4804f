"""The text of an answer, its figures and the part of a page that it speaks of."""

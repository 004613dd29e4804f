"""The figures of an answer, and the part of a page that it speaks of."""

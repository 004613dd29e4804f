"""The figures of an answer, the part of a page that it speaks of, its JSON."""

"""The head that tells kinds of questions."""

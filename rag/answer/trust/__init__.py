"""How sure it is that the documents hold an answer."""

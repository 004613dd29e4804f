"""How likely the documents hold an answer."""

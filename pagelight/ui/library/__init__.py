"""The list of documents, and the state of what is read."""

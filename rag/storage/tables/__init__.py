"""The tables of documents, kept as typed values: a file of SQLite for each document."""

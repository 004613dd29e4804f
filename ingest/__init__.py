"""From files to documents, chunks and rows of the index. Knows no page of the browser."""

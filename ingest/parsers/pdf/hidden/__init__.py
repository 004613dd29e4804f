"""Text of a PDF page that nobody sees."""

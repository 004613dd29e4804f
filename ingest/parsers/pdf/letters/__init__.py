"""Letters and words of a PDF page, with their boxes and directions."""

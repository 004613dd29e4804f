"""Reading order and blocks of a page, from lines with boxes. Knows no file format."""

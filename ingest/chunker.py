"""Document to chunks. Knows elements and token counts; knows no file format and no store."""

"""Lines and paragraphs of a page from boxes: pure geometry."""

"""The source panel: pages, boxes, slides, recordings, text to select, words found."""

"""OpenDocument: texts, sheets, slides."""

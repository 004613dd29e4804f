"""Charts that are pixels: their colours, shapes and lines as the ink that `ingest.charts` reads.

May use `charts` and `layout`. Knows pixels and lettering; knows no document.
"""

"""Charts that are pixels: their colours, shapes and lines as the ink that `ingest.charts` reads.

Knows pixels and words; knows no document.
"""

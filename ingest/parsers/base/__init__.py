"""What parsers share: elements, grids, captions, pictures, Office packages.

May use `ingest.files` and `ingest.archives`.
"""

__all__ = [
    "captions",
    "dates",
    "elements",
    "grid",
    "how_far",
    "languages",
    "local_pictures",
    "number_format",
    "office",
    "office_charts",
    "pictures",
    "xml_tree",
]

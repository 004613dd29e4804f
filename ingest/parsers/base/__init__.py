"""What parsers share: elements, grids, captions, pictures, Office packages.

May use `ingest.files` and `ingest.archives`.
"""

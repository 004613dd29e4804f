"""What parsers share: elements, grids, captions, pictures, Office packages.

May use `ingest.discovery` and `ingest.archives`.
"""

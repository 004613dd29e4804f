"""What parsers share: elements, grids, captions, pictures, Office packages."""

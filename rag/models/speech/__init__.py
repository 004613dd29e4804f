"""Speech recognition: a folder of weights, or a server."""

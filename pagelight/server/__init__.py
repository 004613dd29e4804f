"""The HTTP server: routes, who may what, and what other programs ask."""

"""Tables as values, and questions over them as small plans that are run.

Knows no chunk's neighbours, no store and no model.
"""

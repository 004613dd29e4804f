"""Vectors of texts and pictures.

May use `base`.
"""

__all__ = [
    "embedders",
    "image_embedder",
    "text_folder",
]

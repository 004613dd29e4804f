"""Other libraries beside Pagelight: the same files, embedder, recogniser and questions."""

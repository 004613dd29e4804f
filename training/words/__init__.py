"""The built-in embedder's vectors of the words of a language, made once."""

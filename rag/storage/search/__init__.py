"""The channels of search: by words, by meaning, in the space of a text model."""

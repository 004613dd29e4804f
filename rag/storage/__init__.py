"""The index and what people wrote: database, vectors, pictures, and search in them."""

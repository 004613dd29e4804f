"""Tables as values, and questions over them as small plans that are run."""

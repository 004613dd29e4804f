"""Other intents of a message: a summary, a list of documents, what a picture shows."""

"""Questions that refer back to a conversation, completed so that they stand alone."""

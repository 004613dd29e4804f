"""The chat in the browser, and its routes."""

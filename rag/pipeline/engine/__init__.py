"""The engine: models and storage put together, for the chat, the commands and the API."""

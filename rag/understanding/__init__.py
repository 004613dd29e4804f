"""What a message asks: its question, completed by the conversation, and other intents."""

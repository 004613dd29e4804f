"""What a message asks: its question, completed by the conversation, and other intents.

Knows words and what the documents are called; knows no model, only the seams of `rag.protocols`.
"""

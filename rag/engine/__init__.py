"""One engine, wired from the rooms below: what the chat, the commands and the API ask.

May use every room of `rag`.
"""

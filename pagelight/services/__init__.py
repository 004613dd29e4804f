"""What the command line, the Python package, the API, MCP and the chat all use.

May use `ingest` and `rag`; knows no HTML and no terminal.
"""

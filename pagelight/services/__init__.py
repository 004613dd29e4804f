"""What the command line, the Python package, the API, MCP and the chat all use.

Knows no HTML and no terminal.
"""

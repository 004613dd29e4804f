"""Pagelight for other programs over HTTP: OpenAI's API, and MCP."""

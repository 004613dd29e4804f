"""The server: every route, the page, the API.

May use every room of `ui`.
"""

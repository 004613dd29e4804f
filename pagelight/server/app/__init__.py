"""The server: every route, the page, the API."""

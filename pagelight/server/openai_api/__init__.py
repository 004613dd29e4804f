"""Pagelight for other programs over HTTP: as a model of OpenAI's API, and as a server of tools.

May use `http`.
"""

"""Mails, and lists of what archives hold.

May use `text`, `web` and `base`.
"""

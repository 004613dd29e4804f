"""Signing in and out, and the pages of accounts, people and folders.

Pages of forms, without scripts.
"""

"""Signing in and out, and the pages of accounts, people and collections.

Pages of forms, without scripts.
"""

"""Mails, and lists of what archives hold."""

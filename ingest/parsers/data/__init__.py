"""Structured data and notebooks."""

"""Answers that people reported as wrong."""

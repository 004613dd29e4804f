"""Answers as HTML, and as text, Markdown and footnotes to take along."""

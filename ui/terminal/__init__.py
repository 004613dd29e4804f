"""What is shown in a terminal.

Uses nothing of the page.
"""

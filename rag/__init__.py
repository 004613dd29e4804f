"""The values that everything passes around, and under them the rooms of retrieval and answering.

Knows no format of a file and no page of the browser.
"""

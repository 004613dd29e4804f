"""From a question to a cited answer: values, models, storage, retrieval, generation.

Knows no format of a file and no page of the browser.
"""

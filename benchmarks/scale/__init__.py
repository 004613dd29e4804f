"""Many documents, rows, people and tokens: time and memory of each part.

May use what people run, and the builders of tests.
"""

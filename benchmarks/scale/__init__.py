"""Many documents and people: time and memory of each part.

May use what people run, and the builders of tests.
"""

"""What is said in recordings, heard by a model after all else is read.

May use `run` and `parsers`.
"""

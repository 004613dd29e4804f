"""The figures of a run, with intervals, and one run beside another.

May use `records`.
"""

"""Photos, scans and drawings that stand alone.

May use `base` and `odf`.
"""

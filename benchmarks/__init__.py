"""Measurements that no test makes: each module is a command, run in the checkout.

`python -m benchmarks.ROOM.NAME`; what was measured stands in LOG.md.
"""

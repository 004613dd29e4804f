"""Files that lie on no disk of this machine: how their server is reached, and the pictures there.

May use `ledger`. Keys are the environment's.
"""

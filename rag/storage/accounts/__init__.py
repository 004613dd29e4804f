"""Who is signed in, what was changed by whom, and how much each has used.

May use `ledger`.
"""

"""What is kept against a damaged ledger: copies of what people wrote, whole copies, and salvage.

May use `conversations`, `database`, `ledger` and `rows`.
"""

"""A PostgreSQL that several machines share: what they keep together, and who of them owns it.

May use `ledger`.
"""

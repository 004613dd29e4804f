"""Tables that are kept whole in SQLite, and plans over all of their rows.

Knows no file and no question's plan.
"""

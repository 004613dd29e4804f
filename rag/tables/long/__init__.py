"""Tables that are kept whole in SQLite, and plans over all of their rows.

May use the values, plans and the engine of `rag.tables`; knows no file and no question's plan.
"""

"""What is known of documents and people, as rows: SQLite here, or a PostgreSQL that machines share.

May use `rag.storage.documents`.
"""

"""The database: SQLite here, or a PostgreSQL that machines share."""

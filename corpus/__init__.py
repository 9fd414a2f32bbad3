"""Text -> documents -> clauses. Imports nothing of the other packages."""

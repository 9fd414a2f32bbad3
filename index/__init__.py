"""Clauses -> hits: embedding, ChromaDB, lexical search, fusion."""

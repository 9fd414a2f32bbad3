"""Answers written by a language model: what it states is shown only where the cited clause holds it."""

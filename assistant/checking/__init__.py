"""Whether the quotations and references of a text are right."""

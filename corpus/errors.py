"""Errors of the corpus package. Each message names the value, the reason and the remedy."""


class CorpusError(Exception):
    """Root of everything that can be wrong with a corpus."""


class UnreadableSourceError(CorpusError):
    """A file is missing, empty, binary, too large or in an unknown encoding."""


class EmptySourceError(UnreadableSourceError):
    """A text file has nothing but white space."""


class CatalogError(CorpusError):
    """``catalog.toml`` is not valid TOML or holds an unknown field or value."""

"""Errors of the index package. Each message names the value, the reason and the remedy."""


class IndexingError(Exception):
    """Root of everything that can be wrong with the index."""


class EncoderError(IndexingError):
    """An embedding model cannot be built, found or loaded."""


class DictionaryError(IndexingError):
    """A word list for the tokenizer is missing or has a malformed line."""


class IndexMissingError(IndexingError):
    """The data folder holds no index yet."""


class IndexMismatchError(IndexingError):
    """The index was built with another encoder, dictionary or program version."""


class IndexDamagedError(IndexingError):
    """Files of the index are missing, truncated or altered."""


class IndexLockedError(IndexingError):
    """Another process is bringing the index in step at this moment."""


class DataFolderError(IndexingError):
    """The data folder cannot be written."""


class EmptyCorpusError(IndexingError):
    """The sources hold no clause that could be found."""


class VectorServerError(IndexingError):
    """The ChromaDB server cannot be reached or refuses."""


class UnknownIdError(IndexingError):
    """No source, document or clause of the index bears this id."""

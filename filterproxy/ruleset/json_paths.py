"""JSONPath (RFC 9535), compiled once."""

from functools import lru_cache

from jsonpath import JSONPath, JSONPathEnvironment

_STRICT = JSONPathEnvironment(strict=True)  # RFC 9535 and none of the library's own additions


@lru_cache(maxsize=512)
def compiled_path(text: str) -> JSONPath:
    """The query.

    Raises:
        JSONPathError: it is none.
    """
    path = _STRICT.compile(text)
    if not isinstance(path, JSONPath):
        raise TypeError("a compound query, which the strict grammar has not")
    return path

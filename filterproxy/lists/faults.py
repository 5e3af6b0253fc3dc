"""What is wrong with a list, for who subscribes to it."""

from filterproxy.errors import FilterProxyError


class ListError(FilterProxyError):
    """A list that can't be had, kept or used. The text says `which: what is wrong`."""

"""The address of a page as people write it."""

from urllib.parse import urlsplit

from filterproxy.classify.hostname import normalise


def page_url(text: str) -> str:
    """An address as a person writes it, as a URL: https where no scheme is given.

    Raises:
        ValueError: it is no http or https URL with a host.
    """
    text = text.strip()
    url = text if "://" in text else f"https://{text.removeprefix('//')}"
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"only http and https have pages, not {parts.scheme}")
    if not normalise(parts.hostname or ""):
        raise ValueError("no host name in it")
    if parts.port == 0:  # reading it raises for what is no port
        raise ValueError("port 0 is none")
    return url

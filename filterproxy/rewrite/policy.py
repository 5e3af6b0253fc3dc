"""Content Security Policy: whether an inline style would be obeyed (CSP 3, section 6.7.3)."""

from collections.abc import Iterable


def allows_inline_style(policies: Iterable[str]) -> bool:
    """Whether every policy lets a `style` attribute work.

    Args:
        policies: values of Content-Security-Policy, from headers and `<meta>`; several may be joined by
            commas.

    Returns:
        False where any of them has a `style-src-attr`, `style-src` or `default-src` (the first that is
        there counts) without `'unsafe-inline'`, or with a nonce or hash, which switch it off.
    """
    return all(_allows(policy) for value in policies for policy in value.split(","))


def _allows(policy: str) -> bool:
    directives: dict[str, list[str]] = {}
    for part in policy.split(";"):
        words = part.split()
        if words:
            directives.setdefault(words[0].lower(), [word.lower() for word in words[1:]])
    for name in ("style-src-attr", "style-src", "default-src"):
        if name in directives:
            sources = directives[name]
            sealed = any(source.startswith(("'nonce-", "'sha")) for source in sources)
            return "'unsafe-inline'" in sources and not sealed
    return True

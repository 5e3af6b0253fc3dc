"""What is taken for a secret: names of parameters and header fields, and shapes of values."""

import re
from urllib.parse import unquote_plus

STAND_IN = "scrubbed"
"""What stands in the place of a secret."""

# In names, case and what joins words don't count: accessToken, access_token, Access-Token are one.
_PARAMETERS = frozenset(
    """
    authenticitytoken csrfmiddlewaretoken jwt bearer assertion samlresponse authorization hmac
    oauthverifier csrf xsrf otp accesskey accesskeyid awsaccesskeyid ossaccesskeyid googleaccessid
    xamzcredential xgoogcredential qak authkey apikey appkey secretkey
    sig sign session sessid sess sid cfid cftoken
    pwd passwd pass passcode passphrase auth key ticket
    """.split()
)
_PARAMETER_ENDS = ("token", "secret", "password", "passwd", "signature", "sessionid", "sessid", "apikey")
_PAGING = frozenset({"pagetoken", "nexttoken", "nextpagetoken", "continuationtoken", "synctoken"})
_MAYBE_A_NUMBER = frozenset({"auth", "key", "pass", "session", "sess", "sid", "sign", "ticket"})
_NUMBER = re.compile(r"[0-9]{0,9}")  # of an article, a share, a channel: as long as those people use
_OF_OAUTH = frozenset({"code", "state"})
_JOINTS = re.compile(r"[-_.]")
_INNERMOST = re.compile(r"\[([^\[\]]*)\]\Z")  # user[password]

_FIELDS = frozenset(
    """
    authenticationinfo proxyauthenticationinfo dpop xsid sid xauthkey xamznoidcdata xamznoidcidentity
    ocpapimsubscriptionkey xfunctionskey xparserestapikey xparsemasterkey
    """.split()
)
_FIELD_ENDS = (
    "token", "apikey", "appkey", "accesskey", "secret", "secretkey", "password", "passwd", "jwt",
    "jwtassertion", "csrf", "xsrf", "session", "sessionid",
)  # fmt: skip

JWT = re.compile(r"(?:(?<![\w-])|(?<=%[0-9A-Fa-f]{2}))eyJ[\w-]{8,}(?:\.[\w-]*){2,4}", re.ASCII)
"""A signed or encrypted JSON Web Token (RFC 7515, 7516) in compact form: base64url of `{"`, then dots.

It begins where no other such text ends, so that looking for it takes linear time.
"""

SCHEMES = frozenset(
    """
    apikey aws4-hmac-sha256 basic bearer concealed digest dpop gnap hoba mutual negotiate ntlm oauth
    privatetoken scram-sha-1 scram-sha-256 token vapid
    """.split()
)
"""Authentication schemes, whose names stay: IANA's registry, and others in wide use."""


def parameter_is_secret(plain: str, value: str, others: frozenset[str]) -> bool:
    """Whether a parameter of a URL holds a secret, by its name.

    Args:
        plain: `plain_name` of its name.
        value: a number of at most nine digits is none under a name like `sid` or `key`, which is as
            often an article's.
        others: `plain_name` of all parameters beside it: `code` and `state` are OAuth's
            (RFC 6749, 4.1.2) where both are there.
    """
    if plain in _OF_OAUTH:
        return others >= _OF_OAUTH
    if plain in _PAGING or not (plain in _PARAMETERS or plain.endswith(_PARAMETER_ENDS)):
        return False
    return not (plain in _MAYBE_A_NUMBER and _NUMBER.fullmatch(value))


def plain_name(name: str) -> str:
    """A parameter's name without percent-encoding, case, joints and what it is nested in."""
    decoded = name
    for _ in range(3):  # a URL in a URL in a URL
        if "%" in decoded or "+" in decoded:
            decoded = unquote_plus(decoded)
    if found := _INNERMOST.search(decoded):
        decoded = found[1] or decoded[: found.start()]
    return _JOINTS.sub("", decoded).lower().strip()


def field_is_secret(name: str) -> bool:
    """Whether a header field that no standard defines holds a secret, by its name."""
    plain = _JOINTS.sub("", name).lower()
    return plain in _FIELDS or plain.endswith(_FIELD_ENDS)

"""URLs without their secrets: alike wherever a URL stands, and alike when it is scrubbed again."""

import re
from dataclasses import dataclass
from enum import StrEnum

from filterproxy.recordings.secrets import JWT, STAND_IN, parameter_is_secret, plain_name


class Secret(StrEnum):
    """Kinds of what is scrubbed."""

    COOKIE = "cookie"
    AUTHORIZATION = "authorization"
    HEADER = "header"  # another field that is known to hold a secret
    TOKEN = "token"  # noqa: S105 - a word: a parameter of a URL, or what is shaped like a JSON Web Token
    USER_INFO = "user info"  # of a URL: user:password@
    BODY = "request body"


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was scrubbed, never its value.

    `name`: the parameter's or the cookie's as it was written, the field's in lower case.
    """

    kind: Secret
    name: str = ""


def scrub_url(url: str) -> tuple[str, list[Found]]:
    """A URL, or a reference to one (RFC 3986, 4.1), without its secrets, and what they were.

    Scrubbed are user info, parameters by their names (of the query, of path segments as in
    `;jsessionid=…`, of the fragment, and of URLs that stand encoded in the query), and JSON Web
    Tokens anywhere. All other characters stay.
    """
    found: list[Found] = []
    rest, hash_, fragment = url.partition("#")
    path, mark, query = rest.partition("?")
    path = _USER_INFO.sub(lambda match: match[1] + _stand_in(match[2], Secret.USER_INFO, "", found), path)
    path = _ASP_SESSION.sub(lambda match: _asp_session(match[0], found), path)
    path = _PATH_PARAMETER.sub(lambda match: _path_parameter(match, found), path)
    scrubbed = f"{path}{mark}{_parameters(query, found)}{hash_}{_parameters(fragment, found)}"
    return scrub_tokens(scrubbed, "JWT", found), found


def scrub_target(target: str) -> tuple[str, list[Found]]:
    """The same of a request's target in origin form (RFC 9112, 3.2.1), which begins with its path."""
    url, found = scrub_url(_ANY_HOST + target)
    return url.removeprefix(_ANY_HOST), found


def scrub_tokens(text: str, name: str, found: list[Found]) -> str:
    """A text without JSON Web Tokens."""
    return (
        JWT.sub(lambda match: _stand_in(match[0], Secret.TOKEN, name, found), text) if "eyJ" in text else text
    )


_ANY_HOST = "http://host"
_USER_INFO = re.compile(r"(\A\s*(?:[a-z][a-z0-9+.-]*:)?//)([^/?#]*)(?=@)", re.IGNORECASE)
_NESTED_USER_INFO = re.compile(
    r"((?::|%(?:25)*3A)(?://|%(?:25)*2F%(?:25)*2F))((?:(?!%(?:25)*(?:2F|3F|23|26))[^/?&\s])*?)(?=@|%(?:25)*40)",
    re.IGNORECASE,
)
_ASP_SESSION = re.compile(r"(?<=/)\((?:[AFSX]\([^()/]+\))+\)(?=/|\Z)")  # ASP.NET's, without cookies
_ASP_PART = re.compile(r"(?<=([A-Z])\()[^()]+")
_PATH_PARAMETER = re.compile(r"(?:;|%3B)([^;=/]+)(?:=|%3D)([^;/]*)", re.IGNORECASE)
_DELIMITER = re.compile(r"([?&;]|%(?:25)*(?:3F|26|3B|23))|=|%((?:25)*)3D", re.IGNORECASE)


def _stand_in(value: str, kind: Secret, name: str, found: list[Found]) -> str:
    if value in ("", STAND_IN):
        return value
    found.append(Found(kind, name))
    return STAND_IN


def _asp_session(segment: str, found: list[Found]) -> str:
    return _ASP_PART.sub(lambda part: _stand_in(part[0], Secret.TOKEN, f"({part[1]}(…))", found), segment)


def _path_parameter(match: re.Match[str], found: list[Found]) -> str:
    name, value = match[1], match[2]
    if not parameter_is_secret(plain_name(name), value, frozenset()):
        return match[0]
    return match[0].removesuffix(value) + _stand_in(value, Secret.TOKEN, name, found)


@dataclass(frozen=True, slots=True)
class _Parameter:
    """A name in a query, or in a URL encoded in it. `start`: of its value."""

    name: str
    plain: str
    start: int
    encoded: str | None  # how often the `=` is encoded: None, "", "25", "2525" …


def _parameters(text: str, found: list[Found]) -> str:
    """A query or fragment without the values of its secret parameters."""
    if "=" not in text and "%" not in text:
        return text
    named = _named(text)
    names = frozenset(parameter.plain for parameter in named)
    parts, done = [], 0
    for parameter in named:
        if parameter.start < done:  # part of a value that is gone
            continue
        value = _value(text, parameter)
        if parameter_is_secret(parameter.plain, value, names):
            parts += [text[done : parameter.start], _stand_in(value, Secret.TOKEN, parameter.name, found)]
            done = parameter.start + len(value)
    scrubbed = "".join([*parts, text[done:]])
    return _NESTED_USER_INFO.sub(
        lambda match: match[1] + _stand_in(match[2], Secret.USER_INFO, "", found), scrubbed
    )


def _named(text: str) -> list[_Parameter]:
    named: list[_Parameter] = []
    start: int | None = 0
    for delimiter in _DELIMITER.finditer(text):
        if delimiter[1] is not None:
            start = delimiter.end()
        elif start is not None:  # a further `=` belongs to the value
            name = text[start : delimiter.start()]
            named.append(_Parameter(name, plain_name(name), delimiter.end(), delimiter[2]))
            start = None
    return named


def _value(text: str, parameter: _Parameter) -> str:
    """A parameter's value: all up to the next `&`, or to one that is encoded as often as its `=`."""
    if parameter.encoded is None:
        return text[parameter.start :].partition("&")[0]
    end = re.compile(rf"&|%{parameter.encoded}(?:26|23)").search(text, parameter.start)
    return text[parameter.start : end.start() if end else None]

"""Why a line of a list is of no use to us. Every line that is left out has one of these words."""

from enum import StrEnum


class Unused(StrEnum):
    """What stands in the way."""

    SCRIPTLET = "scriptlet"
    STYLE = "style"
    HEADER = "header"
    REMOVEPARAM = "removeparam"
    REDIRECT = "redirect"
    CSP = "csp"
    REPLACE = "replace"
    POPUP = "popup"
    OPTION = "option"
    PAGE_EXCEPTION = "page-exception"
    UNREAD = "unread"
    PROCEDURE = "procedure"
    TEXT = "text"
    PATTERN = "pattern"
    SELECTOR = "selector"
    COST = "cost"
    STRUCTURE = "structure"
    SITE = "site"
    IDLE_EXCEPTION = "idle-exception"
    MODIFIER = "modifier"
    LENGTH = "length"


MEANINGS = {
    Unused.SCRIPTLET: "puts a script into the page (##+js, #%#, snippets); a proxy of bytes adds nothing",
    Unused.STYLE: "restyles what stays in the page; only display:none has a counterpart, removing",
    Unused.HEADER: "strips header fields; a list may not",
    Unused.REMOVEPARAM: "strips query parameters; a list may not, a rule's strip-params can",
    Unused.REDIRECT: "answers with a file of the list's choice; a list may not rewrite, what blocks has our stand-ins",
    Unused.CSP: "adds to a page's security policy; a list may not rewrite header fields",
    Unused.REPLACE: "rewrites an answer's text; a list may not",
    Unused.POPUP: "is about windows that a page opens, which a proxy can't tell from others",
    Unused.OPTION: "has an option that the engine does not read",
    Unused.PAGE_EXCEPTION: "excepts pages by more than a host and the start of a path",
    Unused.UNREAD: "a filter of requests that the engine does not read",
    Unused.PROCEDURE: "needs a laid-out page or a step that the rule language does not have",
    Unused.TEXT: "asks for a text where the rule language has no condition on texts",
    Unused.PATTERN: "its pattern of a text is not one that RE2 takes",
    Unused.SELECTOR: "its selector is not of the rule language's dialect",
    Unused.COST: "its selector is too costly on large pages",
    Unused.STRUCTURE: "its selector would take the page itself",
    Unused.SITE: "a site in it is no host name",
    Unused.IDLE_EXCEPTION: "an exception from a filter that no list has, or that is not used itself",
    Unused.MODIFIER: "begins with a modifier ([$…]) that the rule language does not have",
    Unused.LENGTH: "longer than a filter may be",
}
"""What each word means, as the user is told."""


class NotUsableError(Exception):
    """A line that can't be used. `detail`: the particulars, where there are any."""

    def __init__(self, reason: Unused, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason, self.detail = reason, detail

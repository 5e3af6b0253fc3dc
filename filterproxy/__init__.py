"""A local proxy that takes adverts, recommendation lists and trackers out of news pages.

Example::

    from filterproxy import load_ruleset, rewrite_page

    ruleset = load_ruleset()
    page = rewrite_page(body, url="https://news.example/a.html",
                        content_type="text/html; charset=gbk", ruleset=ruleset)

A name is imported when it is first used: a worker needs no rule compiler, `--help` needs no parser.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filterproxy.engine import Rewritten, rewrite_page, rewrite_response
    from filterproxy.errors import (
        FilterProxyError,
        RecordingError,
        RuleFileError,
        RuleSchemaError,
        RulesetError,
        RuleSyntaxError,
        SelectorError,
        SettingsError,
        SkipReason,
        Source,
        VetoReason,
    )
    from filterproxy.rewrite.result import Page, Removal, Veto
    from filterproxy.rewriter import Rewriter
    from filterproxy.ruleset.model import Action, Category, Mode, Ruleset
    from filterproxy.ruleset.store import load_ruleset
    from filterproxy.settings import Guard, Limits, Settings

__all__ = [
    "Action",
    "Category",
    "FilterProxyError",
    "Guard",
    "Limits",
    "Mode",
    "Page",
    "RecordingError",
    "Removal",
    "Rewriter",
    "Rewritten",
    "RuleFileError",
    "RuleSchemaError",
    "RuleSyntaxError",
    "Ruleset",
    "RulesetError",
    "SelectorError",
    "Settings",
    "SettingsError",
    "SkipReason",
    "Source",
    "Veto",
    "VetoReason",
    "load_ruleset",
    "rewrite_page",
    "rewrite_response",
]

_HOMES = {
    "Rewritten": "filterproxy.engine",
    "rewrite_page": "filterproxy.engine",
    "rewrite_response": "filterproxy.engine",
    "FilterProxyError": "filterproxy.errors",
    "RecordingError": "filterproxy.errors",
    "RuleFileError": "filterproxy.errors",
    "RuleSchemaError": "filterproxy.errors",
    "RulesetError": "filterproxy.errors",
    "RuleSyntaxError": "filterproxy.errors",
    "SelectorError": "filterproxy.errors",
    "SettingsError": "filterproxy.errors",
    "SkipReason": "filterproxy.errors",
    "Source": "filterproxy.errors",
    "VetoReason": "filterproxy.errors",
    "Page": "filterproxy.rewrite.result",
    "Removal": "filterproxy.rewrite.result",
    "Veto": "filterproxy.rewrite.result",
    "Rewriter": "filterproxy.rewriter",
    "Action": "filterproxy.ruleset.model",
    "Category": "filterproxy.ruleset.model",
    "Mode": "filterproxy.ruleset.model",
    "Ruleset": "filterproxy.ruleset.model",
    "load_ruleset": "filterproxy.ruleset.store",
    "Guard": "filterproxy.settings",
    "Limits": "filterproxy.settings",
    "Settings": "filterproxy.settings",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)

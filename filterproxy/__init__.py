"""A local proxy that takes adverts, recommendation lists and trackers out of news pages.

    from filterproxy import load_ruleset, rewrite_page

    ruleset = load_ruleset()
    page = rewrite_page(body, url="https://news.example/a.html",
                        content_type="text/html; charset=gbk", ruleset=ruleset)
"""

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

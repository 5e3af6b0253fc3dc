"""Every notice of some rule files."""

from collections.abc import Iterable

from filterproxy.advice.names import generated_names
from filterproxy.advice.notice import Notice
from filterproxy.advice.positions import positional_chains
from filterproxy.advice.replaced import replaced_rules
from filterproxy.advice.unsaid import unsaid
from filterproxy.advice.vain import in_vain
from filterproxy.advice.width import wide_selectors
from filterproxy.advice.written import written
from filterproxy.ruleset.sources import RuleSource

_EACH = (unsaid, generated_names, positional_chains, wide_selectors, in_vain)


def notices(sources: Iterable[RuleSource]) -> list[Notice]:
    """What is to be said of these files, file by file in the order given, by line in each.

    Exception files and files with mistakes are passed over: of the latter `build_ruleset` tells.
    """
    files = [file for source in sources if (file := written(source)) is not None]
    order = {file.file.path: number for number, file in reversed(list(enumerate(files)))}
    found = [notice for file in files for look in _EACH for notice in look(file)]
    found += replaced_rules(files)
    return sorted(found, key=lambda notice: (order[notice.source.path], notice.source, notice.kind))

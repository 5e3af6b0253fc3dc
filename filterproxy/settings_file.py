"""What a reader wants every time: `settings.yaml` beside the directory of the user's own rules.

    also: related            # categories that are on, though they usually are not
    without: [promo, ad]     # categories that are off

The command line is heard after it: `--also promo` switches on what the file switches off.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from filterproxy.errors import RuleSyntaxError, SettingsError, Source
from filterproxy.ruleset.messages import nearest
from filterproxy.ruleset.model import Category
from filterproxy.ruleset.reader import Mapping as MappingNode
from filterproxy.ruleset.reader import Node, Scalar, Sequence, read_rule_yaml
from filterproxy.ruleset.sources import user_rules_path
from filterproxy.settings import Settings

KEYS = ("also", "without")


@dataclass(frozen=True, slots=True)
class Categories:
    """Which categories are off, and who says so.

    Attributes:
        off: those that are.
        said: where a category is switched that usually is otherwise: a place in the file, or an option.
    """

    off: frozenset[Category] = frozenset(map(Category, Settings().off_categories))
    said: Mapping[Category, str] = field(default_factory=dict)

    def switched(self, also: Mapping[Category, str], without: Mapping[Category, str]) -> "Categories":
        """These with some on and some off, each with who says so."""
        return Categories((self.off | without.keys()) - also.keys(), {**self.said, **also, **without})

    def told(self) -> str:
        """The categories that are off, each with who says so; `none` where all are on."""
        return ", ".join(f"{name}{self.why_off(name)}" for name in sorted(self.off)) or "none"

    def why_off(self, category: str) -> str:
        """Who switched it off, in brackets; empty where it usually is."""
        said = self.said.get(Category(category), "")
        return f" ({said})" if said else ""


def settings_path() -> Path:
    """The file, whether or not it is there."""
    return user_rules_path().with_name("settings.yaml")


def read_settings(path: Path | None = None) -> Categories:
    """What the user's settings say; the usual where there is no file.

    Raises:
        SettingsError: `file:line:column: what is wrong`, or that it cannot be read.
    """
    path = path or settings_path()
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Categories()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror or error}") from error
    if all(not line.strip() or line.lstrip().startswith(b"#") for line in data.splitlines()):
        return Categories()
    try:
        root = read_rule_yaml(data, str(path))
    except RuleSyntaxError as error:
        raise SettingsError(str(error)) from error
    return _categories(root, str(path))


def _categories(root: Node, path: str) -> Categories:
    if not isinstance(root, MappingNode):
        raise _wrong(path, root, f"expected keys: {' and '.join(KEYS)}")
    switched: dict[str, dict[Category, str]] = {key: {} for key in KEYS}
    for key, value in root.entries:
        if key.value not in KEYS:
            hint = nearest(key.value, KEYS) or f"; there are {' and '.join(KEYS)}"
            raise _wrong(path, key, f'key "{key.value[:80]}" is not known{hint}')
        for item in _items(value, path):
            switched[key.value][_category(item, path)] = str(Source(path, item.line, item.column))
    for category in sorted(switched["also"].keys() & switched["without"].keys()):
        place = switched["without"][category]
        raise SettingsError(f"{place}: {category} is asked for with also and with without")
    return Categories().switched(switched["also"], switched["without"])


def _items(node: Node, path: str) -> Iterator[Scalar]:
    for item in node.items if isinstance(node, Sequence) else (node,):
        if not isinstance(item, Scalar):
            raise _wrong(path, item, "expected a category or a list of categories")
        yield item


def _category(item: Scalar, path: str) -> Category:
    known: Iterable[str] = [category.value for category in Category]
    if item.value not in known:
        hint = nearest(item.value, known)
        text = f'category "{item.value[:80]}" is not known{hint}; there are {", ".join(known)}'
        raise _wrong(path, item, text)
    return Category(item.value)


def _wrong(path: str, node: Node, what: str) -> SettingsError:
    return SettingsError(f"{Source(path, node.line, node.column)}: {what}")

"""pytest: `pytest --filterproxy-rules DIR` runs the `tests:` of rule files, and fixtures replay pages.

    pytest --filterproxy-rules rules/

Each entry is a test item below its rule file; its location is the entry's line. The ini option
`filterproxy_rules` names the directories for good. For tests in Python there are the fixtures `ruleset`,
`recording` and `replayed_page`.

Everything but pytest is imported when it is needed: the plugin is loaded in every run of pytest.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from filterproxy.recordings.pytest_items import Bench, RuleFile
    from filterproxy.recordings.pytest_pages import Pages, ReplayedPage
    from filterproxy.recordings.recording import Recording
    from filterproxy.ruleset.model import Ruleset

_DIRECTORIES = pytest.StashKey[tuple[Path, ...]]()
_BENCH = pytest.StashKey["Bench"]()
_ALL = pytest.StashKey[bool]()  # whether every rule file is to be collected


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--filterproxy-rules`, `--filterproxy-bundled`, and the ini option `filterproxy_rules`."""
    group = parser.getgroup("filterproxy", "rules tested on recorded pages")
    group.addoption(
        "--filterproxy-rules",
        action="append",
        default=[],
        metavar="DIR",
        help="Run the tests of the rule files in DIR, with the rules of DIR alone. Repeatable.",
    )
    group.addoption(
        "--filterproxy-bundled",
        action="store_true",
        help="Put the bundled rules and your own below those of --filterproxy-rules.",
    )
    parser.addini("filterproxy_rules", "Directories as of --filterproxy-rules.", type="paths", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Find the rule directories, and have them collected too."""
    here = config.invocation_params.dir
    given = [here / name for name in config.getoption("--filterproxy-rules")]
    directories = tuple(path.resolve() for path in given or config.getini("filterproxy_rules"))
    for directory in directories:
        if not directory.exists():
            raise pytest.UsageError(f"--filterproxy-rules: {directory}: no such file or directory")
    config.stash[_DIRECTORIES] = directories
    named = [(here / arg.partition("::")[0]).resolve() for arg in config.args]
    narrowed = any(path.is_relative_to(directory) for path in named for directory in directories)
    config.stash[_ALL] = bool(directories) and not narrowed  # else who calls wants these parts of them
    if config.stash[_ALL]:
        config.args += [str(directory) for directory in directories]


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the worker processes."""
    bench = config.stash.get(_BENCH, None)
    if bench is not None:
        bench.close()


def _bench(config: pytest.Config) -> "Bench":
    from filterproxy.recordings.pytest_items import Bench  # noqa: PLC0415 - see above

    bench = config.stash.get(_BENCH, None)
    if bench is None:
        directories = config.stash[_DIRECTORIES]
        bench = Bench(directories, bundled=config.getoption("--filterproxy-bundled"))
        config.stash[_BENCH] = bench
    return bench


@pytest.hookimpl(tryfirst=True)
def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A rule directory is not left out, whatever its name."""
    return False if collection_path in config.stash[_DIRECTORIES] else None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "RuleFile | None":
    """The rule files of the rule directories."""
    config = parent.config
    if file_path.suffix not in {".yaml", ".yml"} or not config.stash[_DIRECTORIES]:
        return None
    return _bench(config).collector(file_path, parent)


def pytest_collection_finish(session: pytest.Session) -> None:
    """No rule file may have been left out unseen."""
    config = session.config
    if not config.stash[_ALL] or session.testsfailed or session.shouldstop or session.shouldfail:
        return
    bench = _bench(config)
    if bench.unplaced:
        raise pytest.UsageError(*bench.unplaced)
    for path in bench.uncollected():
        raise pytest.UsageError(f"{path}: not collected: pytest leaves its directory out; name it as well")


@pytest.fixture(scope="session")
def ruleset(pytestconfig: pytest.Config) -> "Ruleset":
    """The rules of `--filterproxy-rules`; without it the bundled ones and the user's."""
    from filterproxy.errors import RulesetError  # noqa: PLC0415 - see above

    try:
        return _bench(pytestconfig).whole_ruleset()
    except RulesetError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def recording(request: pytest.FixtureRequest) -> Callable[[str | Path], "Recording"]:
    """`recording(path)`: a `Recording`, found beside the test's file, the rules, or in the root directory.

    Raises:
        RecordingError: there is none, or it is of no form that is known.
    """
    from filterproxy.recordings.pytest_pages import find_recording  # noqa: PLC0415 - see above

    config = request.config
    directories = config.stash[_DIRECTORIES]
    folders = [request.path.parent, *directories, *(path.parent for path in directories), config.rootpath]
    return lambda path: find_recording(path, folders)


@pytest.fixture(scope="session")
def _filterproxy_pages(ruleset: "Ruleset") -> Iterator["Pages"]:
    from filterproxy.recordings.pytest_pages import Pages  # noqa: PLC0415 - see above

    with Pages(ruleset) as pages:
        yield pages


@pytest.fixture
def replayed_page(
    recording: Callable[[str | Path], "Recording"], _filterproxy_pages: "Pages"
) -> Callable[..., "ReplayedPage"]:
    """`replayed_page(path, url, also=())`: a page of a recording, filtered: a `ReplayedPage`.

    `also`: categories to switch on that are off (`related`).

    Raises:
        RecordingError: as of `recording`, or the page is not in it.
    """

    def replay(path: str | Path, url: str, also: tuple[str, ...] = ()) -> "ReplayedPage":
        return _filterproxy_pages.replay(recording(path), url, also)

    return replay

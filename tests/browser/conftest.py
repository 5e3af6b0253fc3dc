"""Chromium for the tests of this folder, and a picture of what it showed where one fails."""

import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, sync_playwright

from tests.browser.chromium import in_ci, installed, picture, why_missing

TABS = pytest.StashKey[list[Page]]()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser; without one the test is skipped, but fails in CI, where nobody would miss it."""
    found = installed()
    if found is None and in_ci():
        pytest.fail(why_missing(), pytrace=False)
    if found is None:
        pytest.skip(why_missing())
    return found


@pytest.fixture(scope="module")
def playwright(chromium: Path) -> Iterator[Playwright]:  # noqa: ARG001 - needs no driver where there is no browser
    """For one file: while it runs its event loop stands in this thread, where other tests run theirs."""
    with sync_playwright() as running:
        yield running


@pytest.fixture
def shows(request: pytest.FixtureRequest) -> Callable[[Page], None]:
    """Call it with each tab whose picture is to be kept if this test fails."""
    tabs: list[Page] = request.node.stash.setdefault(TABS, [])
    return tabs.append


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep `artifacts/<test name>.png` of a test that failed; of further tabs `<test name>-2.png`, ….

    The tabs are still open: a test's fixtures end after its report is made.
    """
    report = yield
    if report.failed and report.when != "teardown":
        name = re.sub(r"[^\w.-]+", "-", item.name).strip("-")
        tabs = item.stash[TABS] if TABS in item.stash else []  # noqa: SIM401 - its `get` loses the type
        for number, tab in enumerate(tabs, 1):
            file = f"{name}.png" if number == 1 else f"{name}-{number}.png"
            picture(tab, item.config.rootpath / "artifacts" / file)
    return report

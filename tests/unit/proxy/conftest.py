"""One proxy for all tests of a file that don't need one of their own."""

from collections.abc import Iterator

import pytest

from tests.support.lab import Lab, running_lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with running_lab(tmp_path_factory.mktemp("lab")) as running:
        yield running

"""Switches off the mechanism that is named in the environment, in each test of this process, and
tells by which error a test failed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.promises.switched_off.off import every

NAME = "COATCHECK_SWITCHED_OFF"
MARK = "failed by: "


@pytest.fixture(autouse=True)
def _switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    every()[os.environ[NAME]].off(monkeypatch)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Print the kind of the error of a test's own part."""
    yield
    if call.excinfo is not None:
        print(f"\n{MARK}{call.when} {call.excinfo.type.__name__}")

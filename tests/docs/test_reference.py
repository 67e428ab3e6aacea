"""The reference of the library is what the code says."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

import anonymize
from anonymize import errors
from tests.workplace import ROOT


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """Return the script that writes the page."""
    spec = importlib.util.spec_from_file_location(
        "make_api", ROOT / "docs" / "reference" / "make_api.py"
    )
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def made(maker: ModuleType) -> str:
    """Return the page as the script makes it now."""
    return str(maker.page())


def test_the_page_is_fresh(maker: ModuleType, made: str) -> None:
    """`make reference` has been run since a signature or docstring changed."""
    assert maker.PAGE.read_text(encoding="utf-8") == made


def test_every_public_name_and_error_is_in_it(maker: ModuleType) -> None:
    """With the arguments that functions take, and what callers catch."""
    page = maker.PAGE.read_text(encoding="utf-8")
    assert [name for name in anonymize.__all__ if f"### `{name}`" not in page] == []
    kinds = [
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.AnonymizeError)
    ]
    assert [name for name in kinds if f"* `{name}`:" not in page] == []
    assert "    keyring: Keyring | str | None = None," in page


def test_every_entry_is_explained(made: str) -> None:
    """A signature without a word below it tells nobody what it does."""
    parts = made.split("### `")[1:]
    bare = [part for part in parts if len(part.split("```")[-1].split()) < 3 and "|" not in part]
    assert bare == []
    assert " at 0x" not in made

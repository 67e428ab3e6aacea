"""The house as it is drawn: no circle of imports, modules of a size to be read, public names that
are there.
"""

from __future__ import annotations

import ast
import inspect
import pickle
import re
from pathlib import Path

import pytest

import anonymize

ROOT = Path(anonymize.__file__).parent
LONGEST = 350
"""Lines of a module at most."""


def _imports() -> dict[str, set[str]]:
    """Return which modules each module imports, wherever in it, also for the type checker alone."""
    paths = {_name(path): path for path in ROOT.rglob("*.py")}
    found: dict[str, set[str]] = {}
    for name, path in paths.items():
        found[name] = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.ImportFrom)
                and node.module
                and node.module.startswith("anonymize")
            ):
                whole = {f"{node.module}.{alias.name}" for alias in node.names} & set(paths)
                found[name] |= (whole or {node.module}) - {name}
        found[name] = {
            one for one in found[name] if one in paths and paths[one].name != "__init__.py"
        }
    return found


def _name(path: Path) -> str:
    return ".".join(("anonymize", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(
        ".__init__"
    )


def _circle(imports: dict[str, set[str]]) -> list[str]:
    """Return the modules of one circle, empty where there is none."""
    left = {name: set(others) for name, others in imports.items()}
    while free := {name for name, others in left.items() if not others & set(left)}:
        for name in free:
            del left[name]
    return sorted(left)


def test_no_circle_of_imports_anywhere() -> None:
    """Not inside a room either, and not by imports that wait inside a function."""
    assert _circle(_imports()) == []
    assert _circle({"a": {"b"}, "b": {"a"}, "c": {"a"}}) == ["a", "b", "c"]


def test_no_module_is_too_long_to_be_read() -> None:
    """Data lies in files of data."""
    long = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if path.read_text("utf-8").count("\n") > LONGEST
    }
    assert long == set()


@pytest.mark.parametrize("name", anonymize.__all__)
def test_public_names_are_listed_and_have_signatures(name: str) -> None:
    """Found by completion, told by ``help``, and picklable where they are functions."""
    assert name in dir(anonymize)
    found = getattr(anonymize, name)
    assert inspect.signature(found).parameters or name == "AnonymizeError"
    assert found.__doc__
    assert pickle.loads(pickle.dumps(found)) is found


def test_the_page_that_follows_a_row_names_files_that_are_there() -> None:
    """A reader goes from the page to the file."""
    page = (ROOT.parent / "docs" / "how-it-works.md").read_text("utf-8")
    named = {
        Path(found.removeprefix("anonymize/")) for found in re.findall(r"`([\w/]+\.py)`", page)
    }
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).is_file()] == []

"""What the code imports is declared: a package that another one brings today may be gone
tomorrow.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_INSTALLED = {"transformers": "transformers", "gliner": "gliner"}
"""Packages of extras that tests do without, by the distribution that holds them."""
ALONE = {"anonymeter"}
"""Installed without its requirements, which exclude the pyarrow that writes what is published, so
no extra can name it; see ``anonymize/report/attacks/run.py``.
"""


def _imported() -> Iterator[tuple[str, str]]:
    for root in ("anonymize", "flows"):
        for path in sorted((ROOT / root).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    yield from (
                        (alias.name.split(".")[0], str(path.relative_to(ROOT)))
                        for alias in node.names
                    )
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield node.module.split(".")[0], str(path.relative_to(ROOT))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_import_is_declared() -> None:
    """As a dependency, or of an extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [
        *project["dependencies"],
        *(line for name in extras if name != "dev" for line in extras[name]),
    ]
    declared = {_plain(re.match(r"[A-Za-z0-9_.-]+", line).group()) for line in lines}  # type: ignore[union-attr]
    held = packages_distributions()
    ours = {"anonymize", "flows", *sys.stdlib_module_names}
    missing = {
        (name, path)
        for name, path in _imported()
        if name not in ours | ALONE
        and not declared
        & {_plain(found) for found in held.get(name, [NOT_INSTALLED.get(name, name)])}
    }
    assert missing == set()


def test_what_is_declared_is_locked() -> None:
    """The lock that a fresh clone installs holds each of them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {_plain(re.match(r"[A-Za-z0-9_.-]+", line).group()) for line in project["dependencies"]}  # type: ignore[union-attr]
    locked = set(
        re.findall(r"(?m)^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    )
    assert names - locked == set()

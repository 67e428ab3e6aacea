"""No document and no message sends anybody to a package of an index by a name of ours, which may be
another's.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from importlib.metadata import requires
from pathlib import Path

import pytest

from anonymize.errors import MissingExtraError, install_command

ROOT = Path(__file__).parents[2]
OLD = "cloak" + "room"
INSTALLS = re.compile(
    r"(?:pip3?|pipx|uv|uvx|conda|poetry|pdm)\s+(?:pip\s+)?(?:install|add|run|tool install)\s+(.*)"
)
BY_OUR_NAME = re.compile(rf"(?<![\w./-])['\"]?(coatcheck|{OLD})\b(?!-\*|-\d|/)", re.IGNORECASE)
EXTRAS = (
    "ner",
    "spacy",
    "transformers",
    "gliner",
    "postgres",
    "aws",
    "hashicorp",
    "fast",
    "dask",
    "train",
)


def tracked() -> list[Path]:
    """Return the text files of the project, without locks."""
    names = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    kept = (".py", ".md", ".yaml", ".yml", ".toml", ".json", ".txt", ".html")
    return [
        ROOT / name
        for name in names
        if name.endswith(kept) or name in ("Makefile", ".ci/run", ".ci/install")
    ]


def test_no_document_or_message_installs_from_an_index_by_our_name() -> None:
    """What an index serves under our name, or under the old one, may be anybody's code."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (said := INSTALLS.search(line)) and BY_OUR_NAME.search(said[1])
    ]
    assert not found


def test_the_old_name_is_nowhere() -> None:
    """It belongs to another package of this field, with a command of the same name."""
    assert not [str(path) for path in tracked() if OLD in path.read_text(encoding="utf-8").lower()]


REQUIRED = requires("coatcheck")


class _Installed:
    """Stands in for what pip wrote down of an installation."""

    def __init__(self, said: object) -> None:
        self.said = said
        self.requires = REQUIRED

    def read_text(self, name: str) -> str | None:
        """Return the content of the one file that is asked for."""
        assert name == "direct_url.json"
        return None if self.said is None else json.dumps(self.said)


COMMIT = "3f1c" * 10
ORIGINS = [
    ({"url": ROOT.as_uri(), "dir_info": {"editable": True}}, f"{ROOT}[ner]"),
    (
        {
            "url": "https://u:pw@git.example.org/t/c",
            "vcs_info": {"vcs": "git", "commit_id": COMMIT},
        },
        "coatcheck[ner] @ git+https://git.example.org/t/c",
    ),
    (
        {"url": "https://files.example.org/c-0.1.0-py3-none-any.whl", "archive_info": {}},
        "coatcheck[ner] @ https://files.example.org/c-0.1.0-py3-none-any.whl",
    ),
    ({"url": "file:///no/such/folder", "dir_info": {}}, ""),
    ({"archive_info": {}}, ""),
    (None, ""),
]


@pytest.mark.parametrize(("said", "source"), ORIGINS)
def test_a_refusal_names_where_this_copy_came_from(
    monkeypatch: pytest.MonkeyPatch, said: object, source: str
) -> None:
    """By an address or a folder, never by our name alone; without credentials, and only what is
    there.
    """
    monkeypatch.setattr("importlib.metadata.distribution", lambda name: _Installed(said))
    told = str(MissingExtraError.of("finding names", "ner"))
    first = f"finding names needs the extra ner: {install_command('ner')}"
    again = "; or with this copy of Coatcheck, from where it came: python -m pip install "
    assert told == first + (again + shlex.quote(source)) * bool(source) + (
        f" (commit {COMMIT})" * ("git+" in source)
    )
    assert "pw" not in told


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_hint_for_an_extra_names_what_it_needs_and_nothing_of_ours(extra: str) -> None:
    """The command installs the extra's own requirements, each of them."""
    command = install_command(extra)
    wanted = [
        line.partition(";")[0].strip()
        for line in requires("coatcheck") or ()
        if f'extra == "{extra}"' in line
    ]
    assert wanted
    assert command == "python -m pip install " + " ".join(f"'{one}'" for one in wanted)
    assert "coatcheck" not in command

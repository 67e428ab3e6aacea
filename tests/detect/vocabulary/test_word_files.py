"""The files of words: what they hold is read as it is meant, and a package has them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import anonymize
from anonymize.detect.interface import VERDICTS
from anonymize.detect.vocabulary.header_words import phrases, phrases_of_seven_languages
from anonymize.word_lists import word_lists

ROOT = Path(anonymize.__file__).parent
FILES = sorted(ROOT.rglob("*.txt"))
OF_CELLS = ROOT / "privacy" / "presets"
"""Its files have several cells to a line, which `tests/privacy/presets` reads."""


def test_comments_blank_lines_and_sections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One entry a line; what stands before the first section has none."""
    folder = tmp_path / "words_of_a_test"
    folder.mkdir()
    (folder / "__init__.py").touch()
    text = "# about\n\nalone\n[first one]\ntwo words\n# not this\n\nнадвое\n[second]\nc#\n"
    (folder / "few.txt").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert word_lists("words_of_a_test", "few") == {
        "": ("alone",),
        "first one": ("two words", "надвое"),
        "second": ("c#",),
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_has_whole_entries(path: Path) -> None:
    """No entry holds a separator, a blank at its end or two blanks in a row; those of presets are
    cells with separators between them.
    """
    package = ".".join(("anonymize", *path.parent.relative_to(ROOT).parts))
    lists = word_lists(package, path.stem)
    assert lists
    for entries in lists.values():
        assert [entry for entry in entries if entry != " ".join(entry.split())] == []
        cells = path.parent == OF_CELLS
        assert [one for one in entries if '"' in one or (";" in one and not cells)] == []


def test_sections_of_column_names_are_verdicts() -> None:
    """A misspelled verdict would never be found."""
    assert len(FILES) == 17
    assert set(phrases()) <= set(VERDICTS)
    assert set(phrases()) == set(phrases_of_seven_languages())
    assert "адрес" in phrases()["STREET_ADDRESS"][0.9]


def test_a_package_has_the_files() -> None:
    """What is no module is named in the project's file, or a wheel lacks it."""
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text("utf-8"))
    assert "**/*.txt" in project["tool"]["setuptools"]["package-data"]["anonymize"]

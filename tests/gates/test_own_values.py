"""Cells that still hold what their own row says of a person where the policy replaces it."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

import anonymize
from anonymize.errors import GateError

GIVEN = ("Anna", "Chidi", "Sean", "Elif", "Mirela", "Tomasz", "Greta", "Ivana", "Joost")
FAMILY = ("Lindqvist", "Okafor", "Brennan", "Demirci", "Kowalczyk", "Schreiber", "Petrovic")


def _people(count: int = 90) -> list[tuple[str, str]]:
    drawn = random.Random(3)
    return [(drawn.choice(GIVEN), drawn.choice(FAMILY)) for _ in range(count)]


def _run(folder: Path, rows: list[dict[str, Any]], rules: str, uri: str) -> int:
    (folder / "t.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "t.yaml").write_text(
        "version: 1\ndataset: t\npurpose: test\ndetect: {ner: 'off'}\n"
        f"source: {{path: {folder / 't.jsonl'}}}\nsink: {{path: {folder / 'out'}}}\n"
        f"columns:\n  who: {{action: fake, kind: name}}\n{rules}"
    )
    return anonymize.run(folder / "t.yaml", keyring=uri).rows_out


@pytest.mark.parametrize(
    "cell",
    [
        lambda given, family: family.lower(),
        lambda given, family: f"C:\\Scans\\{given.lower()}.{family.lower()}\\Desktop",
        lambda given, family: f"ref={family.lower()},of=people",
        lambda given, family: f"ticket 7 ({family})",
        lambda given, family: f"\N{THUMBS UP SIGN}{family}\N{THUMBS UP SIGN}",
        lambda given, family: [family.lower(), "urgent"],
    ],
)
def test_own_names_in_a_kept_column_are_refused(
    cell: Any, tmp_path: Path, keyring_uri: str
) -> None:
    """Whatever is around them; by number of cells, quoting none."""
    rows = [{"who": f"{g} {f}", "note": cell(g, f)} for g, f in _people()]
    name = "note[]" if isinstance(rows[0]["note"], list) else "note"
    with pytest.raises(GateError, match=r"columns.note.*PERSON") as error:
        _run(tmp_path, rows, f"  {name}: {{action: keep}}\n", keyring_uri)
    assert not any(family.lower() in str(error.value).lower() for family in FAMILY)


def test_words_that_are_names_by_chance_are_kept(tmp_path: Path, keyring_uri: str) -> None:
    """Makes called like their founders stand beside everybody; a reason accepts the rest."""
    rows = [
        {"who": f"{g} {f}", "make": FAMILY[at % 7], "state": "open"}
        for at, (g, f) in enumerate(_people())
    ]
    rules = "  make: {action: keep}\n  state: {action: keep}\n"
    assert _run(tmp_path, rows, rules, keyring_uri) == 90

"""Every action gives the same in another process and however the rows are divided."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import anonymize
from anonymize.dataset import read
from anonymize.keys import open_keyring
from anonymize.policy.actions import RULES
from tests.transform.rules import ANY_RULES, DATE_RULES, NUMBER_RULES, TEXT_RULES
from tests.workplace import Workplace

ROWS = 331
WHOLE_COLUMN: list[tuple[str, dict[str, Any]]] = [
    ("text", {"action": "generalize", "rare": 4}),
    ("number", {"action": "generalize", "quantiles": 5}),
    ("number", {"action": "shuffle", "by": "line", "within": ["group"]}),
    ("text", {"action": "fake", "kind": "card", "unique": True}),
    ("text", {"action": "fake", "kind": "name", "person": "customer"}),
    ("text", {"action": "fake", "kind": "email", "person": "customer", "unique": True}),
    ("day", {"action": "shift_dates", "within_days": 90}),
    (
        "text",
        {
            "action": "fake",
            "kind": "name",
            "when": [["group", "=", "a"]],
            "otherwise": {"action": "redact"},
        },
    ),
    ("note", {"action": "free_text", "same_row": ["text"], "entities": {"DEFAULT": "label"}}),
    (
        "note",
        {
            "action": "free_text",
            "entities": {"DEFAULT": {"action": "label", "numbered": "subject"}},
        },
    ),
    (
        "note",
        {"action": "free_text", "entities": {"DEFAULT": {"action": "tokenize", "method": "vault"}}},
    ),
    ("number", {"action": "drop"}),
]
EVERY: list[tuple[str, dict[str, Any]]] = [
    *(("text", rule) for rule in [*ANY_RULES, *TEXT_RULES]),
    *(("day", rule) for rule in DATE_RULES),
    *(("number", rule) for rule in NUMBER_RULES if rule["action"] != "perturb"),
    *WHOLE_COLUMN,
]
"""What each column holds and its rule; ``perturb`` draws from the operating system and is never the
same.
"""


def _table() -> pa.Table:
    """Return rows with repeated values, nulls, and some that rules cannot take."""
    numbers = [None if at % 17 == 0 else (at * 7919) % 89 for at in range(ROWS)]
    texts = [
        None if at % 19 == 0 else f"user{at % 23}.{'äöü'[at % 3]}@mail{at % 5}.org"
        for at in range(ROWS)
    ]
    fits = (
        "Ab12",
        "203.0.113.7",
        "40.7128, -74.0060",
        "https://www.example.org/a",
    )  # no rule finds bad values only
    texts = [fits[at // 53 % 4] if at % 53 == 1 else text for at, text in enumerate(texts)]
    base = {
        "text": pa.array(texts, pa.string()),
        "number": pa.array(numbers, pa.int64()),
        "day": pa.array([date(1950, 1, 30) + timedelta(days=at * 61) for at in range(ROWS)]),
        "note": pa.array(
            [f"write to {text} or 203.0.113.{at % 9}" for at, text in enumerate(texts)]
        ),
    }
    own = {
        "line": [f"l{at}" for at in range(ROWS)],
        "who": pa.array([f"s{at % 37}" for at in range(ROWS)]),
        "group": pa.array(["ab"[at % 2] for at in range(ROWS)]),
    }
    return pa.table(
        {
            **own,
            "text": base["text"],
            **{f"c{at}": base[kind] for at, (kind, _) in enumerate(EVERY)},
        }
    )


def _policy(folder: Path, source: str, sink: Path) -> Path:
    columns = {
        "line": {"action": "drop"},
        "who": {"action": "redact"},
        "group": {"action": "keep"},
        "text": {"action": "redact"},
    }
    columns |= {
        f"c{at}": {"accept": "every action is tried", **rule} for at, (_, rule) in enumerate(EVERY)
    }
    path = folder / f"{sink.name}.yaml"
    said = {
        "version": 1,
        "dataset": "everything",
        "purpose": "test",
        "subject": "who",
        "source": {"path": source},
        "sink": {"path": str(sink)},
        "rows": {"on_bad_value": "null", "max_quarantined": 1, "order": "source"},
        "columns": columns,
    }
    path.write_text(json.dumps(said))
    return path


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory, keyring_uri: str) -> dict[str, pa.Table]:
    """Return what one process makes of one file, and another process of the same rows in seven
    files.
    """
    folder = tmp_path_factory.mktemp("everywhere")
    table = _table()
    pq.write_table(table, folder / "whole.parquet")
    (folder / "parts").mkdir()
    for number, begin in enumerate(range(0, ROWS, 53)):
        pq.write_table(
            table.slice(begin, 53), folder / "parts" / f"{number}.parquet", row_group_size=20
        )
    place = Workplace(folder, keyring_uri)
    vault = f"sqlite:{folder / 'vault.db'}"
    here, there = (folder / name for name in ("here", "there"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COATCHECK_VAULT", vault)
        anonymize.run(_policy(folder, str(folder / "whole.parquet"), here), keyring=keyring_uri)
    done = place.coatcheck_from_cold(
        "run",
        str(_policy(folder, str(folder / "parts" / "*.parquet"), there)),
        COATCHECK_VAULT=vault,
    )
    assert done.returncode == 0, done.stderr
    keyring = open_keyring(keyring_uri)
    return {path.name: read(path, keyring=keyring) for path in (here, there)}


@pytest.mark.soak
@pytest.mark.parametrize("at", range(len(EVERY)), ids=[f"{kind} {rule}" for kind, rule in EVERY])
def test_two_processes_and_two_partitionings_give_equal_output(
    at: int, outputs: dict[str, pa.Table]
) -> None:
    """Value by value, in order."""
    name = f"c{at}"
    if EVERY[at][1]["action"] == "drop":
        assert all(name not in table.column_names for table in outputs.values())
        return
    here, there = (outputs[which][name].combine_chunks() for which in ("here", "there"))
    assert len(here) == ROWS
    assert here.type == there.type
    assert here.equals(there)


def test_no_action_is_left_out() -> None:
    """All but the one that draws noise, and the one that is somebody else's."""
    assert {rule["action"] for _, rule in EVERY} == set(RULES) - {"perturb", "custom"}

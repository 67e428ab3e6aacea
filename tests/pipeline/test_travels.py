"""What travels between processes holds no raw value: pickles are searched for canaries."""

from __future__ import annotations

import base64
import json
import pickle
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.keys import Keyring, PurposeKey, Secret
from anonymize.names import ColumnName, KeyId
from anonymize.pipeline.run import begin, measure_partition, write_partition
from anonymize.plan.facts import SealedFacts, added_up
from anonymize.transform.first_pass import Unfitted
from tests.pipeline.test_everywhere import EVERY

ROWS = 60
NAMES = [f"Zdislava Kanarkova {at:04}" for at in range(ROWS)]
NUMBERS = [7_340_033_571_900_000 + at * 7_919 for at in range(ROWS)]
AMOUNTS = [float(number) / 1024 for number in NUMBERS]
SMALL = "solitary-canary-class"
RULES: list[tuple[str, dict[str, Any]]] = [
    ("name", {"action": "shuffle", "by": "line"}),
    ("name", {"action": "generalize", "rare": 2, "other": "other"}),
    ("name", {"action": "fake", "kind": "card", "unique": True}),
    ("number", {"action": "shuffle", "by": "line"}),
    ("number", {"action": "generalize", "rare": 2, "other": "other"}),
    ("amount", {"action": "generalize", "quantiles": 4}),
    ("amount", {"action": "shuffle", "by": "line", "within": ["group"]}),
]


def test_every_action_with_a_first_pass_is_tried() -> None:
    """The fitted transforms of all actions are among these rules."""
    fitted = {kind for kind in _subclasses(object) if _is_unfitted(kind)}
    assert {kind.__name__ for kind in fitted} == {
        "Shuffle",
        "GroupRareCategories",
        "FakeUnique",
        "QuantileBands",
    }
    assert {rule["action"] for _, rule in RULES} <= {rule["action"] for _, rule in EVERY}


def _subclasses(kind: type) -> set[type]:
    import anonymize.transform as room

    return {
        value
        for value in vars(room).values()
        if isinstance(value, type) and issubclass(value, kind)
    }


def _is_unfitted(kind: type) -> bool:
    return kind is not Unfitted and hasattr(kind, "measure") and hasattr(kind, "fitted")


def _policy(folder: Path) -> Path:
    columns: dict[str, Any] = {
        "line": {"action": "keep"},
        "group": {"action": "keep", "accept": "test"},
    }
    columns |= {
        f"c{at}": {"accept": "every first pass is tried", **rule}
        for at, (_, rule) in enumerate(RULES)
    }
    said = {
        "version": 1,
        "dataset": "travels",
        "purpose": "test",
        "subject": "who",
        "source": {"path": f"{folder}/in/*.parquet"},
        "sink": {"path": f"{folder}/out"},
        "columns": columns,
        "privacy": {
            "quasi_identifiers": ["group"],
            "sensitive": ["c1"],
            "k": 3,
            "max_suppressed": 0.5,
        },
        "detect": {"ner": "off"},
        "checks": {"residual": "report"},
    }
    path = folder / "travels.yaml"
    path.write_text(json.dumps(said))
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the policy of a source in two files, every value of which is a canary."""
    return canary_policy(tmp_path_factory.mktemp("travels"))


def canary_policy(folder: Path) -> Path:
    """Write the source and the policy; return the policy's path."""
    values = {"name": pa.array(NAMES), "number": pa.array(NUMBERS), "amount": pa.array(AMOUNTS)}
    table = pa.table(
        {
            "line": [f"l{at}" for at in range(ROWS)],
            "who": [f"subject-canary-{at:04}" for at in range(ROWS)],
            "group": ["common"] * (ROWS - 1) + [SMALL],
            **{f"c{at}": values[kind] for at, (kind, _) in enumerate(RULES)},
        }
    )
    (folder / "in").mkdir()
    for number in range(2):
        pq.write_table(table.slice(number * 30, 30), folder / "in" / f"{number}.parquet")
    return _policy(folder)


def spellings() -> Iterator[bytes]:
    """Yield the bytes of every canary, as text, numbers and other ways of writing them that a
    pickle may hold.
    """
    texts = [
        *NAMES,
        SMALL,
        *(f"subject-canary-{at:04}" for at in range(ROWS)),
        *map(str, NUMBERS),
        *map(repr, AMOUNTS),
    ]
    for text in texts:
        yield from (
            text.encode(),
            text.encode("utf-16-le"),
            text.encode("utf-32-le"),
            text.encode().hex().encode(),
        )
        for shift in range(3):
            yield base64.b64encode(b"\0" * shift + text.encode())[4 if shift else 0 : -4]
        yield text[::-1].encode()
    for number in [*NUMBERS, *AMOUNTS]:
        raw = np.array([number]).tobytes()
        yield from (raw, raw[::-1])


def unpacked(blob: bytes) -> bytes:
    """Return ``blob`` with what any zlib stream in it holds."""
    found = [blob]
    start = blob.find(b"x\x9c")
    while start >= 0:
        try:
            found.append(zlib.decompressobj().decompress(blob[start:]))
        except zlib.error:
            pass
        start = blob.find(b"x\x9c", start + 1)
    return b"\n".join(found)


def leaks(thing: Any) -> list[bytes]:
    """Return the canaries that a pickle of ``thing``, its repr or its JSON holds."""
    seen = (
        unpacked(pickle.dumps(thing))
        + unpacked(pickle.dumps(thing, protocol=0))
        + repr(thing).encode()
    )
    return [spelling for spelling in spellings() if spelling in seen]


def test_the_search_finds_what_is_there() -> None:
    """A search that finds nothing anywhere would prove nothing."""
    assert leaks({"names": pa.array(NAMES[:1])})
    assert leaks(pa.array(AMOUNTS[:1]))
    assert leaks(pa.array(NUMBERS[:1]))
    assert leaks([SMALL])


def test_partials_jobs_and_reports_hold_no_value(place: Path, keyring_uri: str) -> None:
    """Over every action with a first pass and the small classes, before and after fitting."""
    with begin(place, keyring_uri) as running:
        while running.job.plan.needs_first_pass:
            partials = [measure_partition(running.job, number) for number in range(2)]
            assert not leaks(running.job)
            assert not any(leaks(partial) for partial in partials)
            running.fit(partials)
        assert not leaks(running.job)
        reports = [write_partition(running.job, number) for number in range(2)]
        assert not any(leaks(report) for report in reports)
        assert not leaks(running.finish(reports))


def test_combinations_that_are_recoded_travel_encrypted(tmp_path: Path, keyring_uri: str) -> None:
    """Quasi-identifiers under ``recode:`` and the order of sensitive values, before and after."""
    path = canary_policy(tmp_path)
    said = json.loads(path.read_text())
    keep = {"action": "keep", "accept": "test"}
    said["columns"] = {"c0": keep, "c3": keep, "c5": keep, "group": keep}
    said["privacy"] = {
        "quasi_identifiers": ["c0", "c5", "group"],
        "sensitive": ["c3"],
        "k": 3,
        "t": {"most": 0.9, "distance": "ordered"},
        "max_suppressed": 0.5,
        "recode": {"c0": "values", "c5": {"ranges": [1_000, 10**12]}},
    }
    path.write_text(json.dumps(said))
    with begin(path, keyring_uri) as running:
        while running.job.plan.needs_first_pass:
            partials = [measure_partition(running.job, number) for number in range(2)]
            assert not any(leaks(partial) for partial in partials)
            running.fit(partials)
        fitted = running.job.plan.fitted
        assert fitted is not None
        assert fitted.recoded is not None
        assert fitted.decision.placed
        assert not leaks(running.job)


def test_two_runs_share_no_digest(place: Path, keyring_uri: str) -> None:
    """What is kept of one run's tasks does not tell who is in another's."""
    keys = []
    for _ in range(2):
        with begin(place, keyring_uri) as running:
            running.fit([measure_partition(running.job, number) for number in range(2)])
            classes = measure_partition(running.job, 0).classes
            assert classes is not None
            keys.append(set(classes.table["key"].to_pylist()))
    assert not keys[0] & keys[1]


def test_a_reader_s_key_opens_no_facts(place: Path, keyring_uri: str, keyring: Keyring) -> None:
    """Facts lie under a custodian's key where there is one: readers of the dataset hold the
    sink's.
    """
    with begin(place, keyring_uri) as running:
        assert running.job.plan.facts_key == keyring.current("pseudonym")  # type: ignore[arg-type]


def test_sealed_facts_open_for_their_column_and_key_alone() -> None:
    """Another key, another column and a changed byte are all refused."""
    from anonymize.errors import PlanError
    from anonymize.transform.generalize.rare_categories import Counts

    def key(letter: bytes) -> PurposeKey:
        return PurposeKey(
            KeyId("k.1"), Secret(letter * 32), domain="", entity="", action="first pass"
        )

    facts = SealedFacts.of(key(b"a"), ColumnName("c"), Counts({"x": 2}))
    both = facts.merge(SealedFacts.of(key(b"a"), ColumnName("c"), Counts({"x": 1, "y": 1})))
    assert both.opened(key(b"a"), ColumnName("c"), Counts) == Counts({"x": 3, "y": 1})
    changed = SealedFacts((facts.parts[0][:-1] + bytes([facts.parts[0][-1] ^ 1]),))
    for sealed, letter, column in ((facts, b"b", "c"), (facts, b"a", "d"), (changed, b"a", "c")):
        with pytest.raises(PlanError, match="another key"):
            sealed.opened(key(letter), ColumnName(column), Counts)


@pytest.mark.parametrize("count", range(1, 9))
def test_facts_are_added_up_whatever_their_number(count: int) -> None:
    """None is left out, and each is copied a few times only."""
    from anonymize.transform.generalize.rare_categories import Counts

    assert added_up([Counts({"x": 1, str(at): 1}) for at in range(count)]).rows["x"] == count

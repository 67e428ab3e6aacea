"""Rows per second of each action on one core, over a million rows: python bench/actions.py
[rows].
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from pydantic import TypeAdapter

from anonymize.keys import PurposeKey, Secret
from anonymize.names import ColumnName, KeyId
from anonymize.plan.bind.registry import transform_for
from anonymize.plan.bind.rule_context import planning_context
from anonymize.policy.actions import KeyedRule, Rule
from anonymize.transform import Row

RUNS = 3
BATCH_ROWS = 250_000
RULE: TypeAdapter[Any] = TypeAdapter(Rule)


class Context:
    """A context with keys, without detection."""

    subject = ColumnName("id")
    rules: ClassVar[dict[ColumnName, Any]] = {}

    def purpose_key(
        self, rule: KeyedRule, column: ColumnName, *, action: str, entity: str = ""
    ) -> PurposeKey:
        """Return a fixed key."""
        return PurposeKey(
            KeyId("pseudonym.1"), Secret(bytes(32)), domain="bench", entity=entity, action=action
        )

    def __getattr__(self, name: str) -> Any:
        """Return what the planning context has."""
        return getattr(planning_context({}), name)


def columns(rows: int) -> dict[str, pa.Array]:
    """Return columns of made-up values, nearly all of them different."""
    random = np.random.default_rng(0)
    numbers = random.integers(2_000_000_000, 9_999_999_999, rows)
    days = random.integers(0, 20_000, rows).astype("int32")
    codes = pa.array(numbers).cast(pa.string()).to_pylist()
    return {
        "id": pa.array(np.arange(rows)),
        "name": pa.array([f"Person {code[:6]} Name {code[6:]}" for code in codes]),
        "email": pa.array([f"person.{code}@mail.example" for code in codes]),
        "phone": pa.array([f"({code[:3]}) {code[3:6]}-{code[6:]}" for code in codes]),
        "card": pa.array([f"400000{code}" for code in codes]),
        "born": pa.array(days).cast(pa.date32()),
        "born_text": pa.array(days).cast(pa.date32()).cast(pa.string()),
        "born_german": (
            pa.array(days)
            .cast(pa.date32())
            .to_pandas()
            .map(lambda day: f"{day:%d.%m.%Y}")
            .pipe(pa.array)
        ),
        "seen": pa.array(numbers // 8).cast(pa.timestamp("s", "UTC")),
        "zip": pa.array([code[:5] for code in codes]),
        "country": pa.array(["US", "DE", "GB", "FR"]).take(pa.array(numbers % 4)),
        "postcode": pa.array(
            [f"SW{code[0]} {code[1]}AA" if int(code) % 4 == 2 else code[:5] for code in codes]
        ),
        "gender": pa.array(["F", "M", None]).take(pa.array(numbers % 3)),
        "income": pa.array(random.lognormal(10, 1, rows)),
        "age": pa.array(random.integers(0, 100, rows)),
        "ip": pa.array([f"{code[:2]}.{code[2:4]}.{code[4:6]}.{code[6:8]}" for code in codes]),
        "url": pa.array([f"https://www{code[:3]}.example.com/{code}" for code in codes]),
        "place": pa.array(
            [f"{int(code[1:3]) % 90}.{code[3:6]}, {code[4:6]}.{code[6:]}" for code in codes]
        ),
        "category": pa.array([code[:3] for code in codes]),
        "lat": pa.array(random.uniform(-90, 90, rows)),
    }


def cases() -> list[tuple[str, dict[str, Any]]]:
    """Return column and rule of every measurement."""
    simple = ("keep", "redact", "null", "mask", "pseudonymize", "tokenize")
    kinds = ("name", "email", "phone", "street", "company", "card", "user_name")
    periods = [("born", "year"), ("born", "month"), ("born_text", "year"), ("seen", "quarter")]
    return [
        *(("email", {"action": action}) for action in simple),
        ("email", {"action": "constant", "value": "x"}),
        ("phone", {"action": "mask", "keep_last": 2}),
        ("email", {"action": "mask", "form": "email"}),
        ("card", {"action": "mask", "form": "card"}),
        ("phone", {"action": "mask", "hide": "digits"}),
        ("phone", {"action": "mask", "pattern": "(?P<hide>[0-9]{4})$"}),
        ("email", {"action": "pseudonymize", "normalize": "fold"}),
        ("card", {"action": "encrypt_format"}),
        ("card", {"action": "encrypt_format", "keep_last": 4}),
        ("phone", {"action": "encrypt_format"}),
        ("seen", {"action": "encrypt_format"}),
        *(("name", {"action": "fake", "kind": kind}) for kind in kinds),
        ("name", {"action": "fake", "kind": "iban"}),
        ("name", {"action": "fake", "kind": "email", "unique": True}),
        ("name", {"action": "fake", "kind": "card", "unique": True}),
        (
            "name",
            {
                "action": "fake",
                "kind": "name",
                "person": {"name": "p", "gender": "gender", "country": "country"},
            },
        ),
        *((column, {"action": "generalize", "to": unit}) for column, unit in periods),
        ("born_german", {"action": "generalize", "to": "year", "format": "%d.%m.%Y"}),
        ("born", {"action": "generalize", "to": "age", "at": "2025-01-01"}),
        ("income", {"action": "generalize", "band": 5000}),
        ("income", {"action": "generalize", "quantiles": 10}),
        ("income", {"action": "generalize", "significant": 2}),
        ("age", {"action": "generalize", "band": 10, "top": 90}),
        ("zip", {"action": "generalize", "prefix": 3}),
        ("postcode", {"action": "generalize", "postcode_by": "country"}),
        ("ip", {"action": "generalize", "network": {}}),
        ("lat", {"action": "generalize", "grid_metres": 1000, "axis": "latitude"}),
        ("place", {"action": "generalize", "geohash": 5}),
        ("email", {"action": "generalize", "part": "domain"}),
        ("url", {"action": "generalize", "part": "host"}),
        ("category", {"action": "generalize", "rare": 1000}),
        ("born", {"action": "shift_dates", "within_days": 30}),
        ("born_text", {"action": "shift_dates", "within_days": 30}),
        ("income", {"action": "perturb", "scale": 10}),
        ("age", {"action": "perturb", "scale": 2, "noise": "gaussian", "lowest": 0}),
        ("income", {"action": "shuffle", "within": ["country"]}),
    ]


def seconds(work: Callable[[], object]) -> float:
    """Return the median time of a few runs."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    """Print one line per rule, then the slowest."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    data = columns(rows)
    slowest = (float("inf"), "")
    for column, said in cases():
        transform: Any = transform_for(
            RULE.validate_python(said), ColumnName(column), data[column].type, Context()
        )
        starts = range(0, rows, BATCH_ROWS)
        batches = [
            {name: values.slice(at, BATCH_ROWS) for name, values in data.items()} for at in starts
        ]
        first_pass = 0.0
        if hasattr(transform, "measure"):
            first_pass = seconds(lambda: _measured(transform, column, batches))  # noqa: B023
            transform = transform.fitted(_measured(transform, column, batches))
        _call(transform, column, batches[0])
        took = seconds(lambda: [_call(transform, column, batch) for batch in batches])  # noqa: B023
        rate = rows / (took + first_pass)
        name = " ".join(f"{key}={value}" for key, value in said.items() if key != "action")
        print(f"{said['action']:14} {name:58.58} {column:12} {rate:12,.0f} rows/s", flush=True)
        slowest = min(slowest, (rate, f"{said['action']} {name}"))
    print(f"slowest: {slowest[1]} at {slowest[0]:,.0f} rows/s")


def _measured(transform: Any, column: str, batches: list[dict[str, pa.Array]]) -> Any:
    parts = [transform.measure(batch[column], Row(batch)) for batch in batches]  # type: ignore[arg-type]
    facts = parts[0]
    for part in parts[1:]:
        facts = facts.merge(part)
    return facts


def _call(transform: Any, column: str, batch: dict[str, pa.Array]) -> pa.Array:
    return (
        transform(batch[column], Row(batch))
        if hasattr(transform, "reads")
        else transform(batch[column])
    )  # type: ignore[arg-type]


if __name__ == "__main__":
    main()

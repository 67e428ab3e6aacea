"""Runs every attack on a release."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec

import numpy as np

from anonymize.errors import MissingExtraError
from anonymize.privacy.attacks import AttackTable, closer, closest
from anonymize.privacy.attacks.rates import risk_above_chance
from anonymize.report.attacks.attack import Attack
from anonymize.report.attacks.written import chosen

ALONE = "python -m pip install --no-deps 'anonymeter>=1.1,<2'"
"""Anonymeter 1.1 asks for numpy < 1.27 and pyarrow < 22, and pyarrow 21 cannot write what a run
publishes (uniform_encryption), so no extra can name it. It works with newer ones: tests/readers
runs it with those of the lock. Its licence (Clear BSD) grants no patents, and its makers say that
they have applied for one (US-20230401336-A1): whoever installs it decides about that.
"""


def require_anonymeter() -> None:
    """Refuse to attack without the package, before anything is read.

    Raises:
        MissingExtraError: anonymeter is not installed.
    """
    if all(find_spec(name) for name in ("anonymeter", "numba", "polars", "sklearn", "joblib")):
        return
    told = MissingExtraError.of("showing risk by attacks", "risk")
    raise MissingExtraError(f"{told}; and then the package anonymeter without its own: {ALONE}")


def run_attacks(
    table: AttackTable,
    attacks: int,
    seed: int,
    advance: Callable[[int, int, str], None] = lambda done, total, what: None,
) -> tuple[Attack, ...]:
    """Return what each attack on ``table`` showed.

    Args:
        table: The release and people.
        attacks: Number of attacks of each kind, at most; no more than there are people.
        seed: Equal seeds, tables and versions of packages give equal results.
        advance: Called before each kind with the number done, that of all, and its name.
    """
    require_anonymeter()
    secrets = range(table.quasi, len(table.columns))
    total, found = 4 + len(secrets), []
    for number, (name, act) in enumerate(_acts(table, attacks, seed)):
        advance(number, total, name)
        made = act()
        if made is not None:
            found.append(made)
    advance(total, total, "done")
    return tuple(found)


def _acts(
    table: AttackTable, attacks: int, seed: int
) -> Iterator[tuple[str, Callable[[], Attack | None]]]:
    from anonymize.report.attacks.by_anonymeter import inference, linkability
    from anonymize.report.attacks.singling_out import singling_out

    yield "singling out", lambda: singling_out(table, attacks, seed, 1)
    if len(table.columns) > 1:
        yield "singling out", lambda: singling_out(table, attacks, seed, 3)
    yield "linkability", lambda: linkability(table, attacks, seed)
    for secret in range(table.quasi, len(table.columns)):
        yield "inference", lambda secret=secret: inference(table, secret, attacks, seed)  # type: ignore[misc]
    yield "closest record", lambda: closest_record(table, attacks, seed)


def closest_record(table: AttackTable, attacks: int, seed: int) -> Attack:
    """Return how often people in the data are closer to the release than others are."""
    draw = np.random.default_rng(seed)
    near = [
        closest(table.columns, table.published, chosen(people, attacks, draw))
        for people in (table.source, table.control)
    ]
    rate = closer(*near)
    return Attack(
        "distance to the closest record",
        tuple(column.name for column in table.columns),
        "which of two people is in the data",
        rate,
        None,
        risk_above_chance(rate),
        rate.attacks,
    )

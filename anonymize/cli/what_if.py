"""The command ``plan --what-if``: what each k would cost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.cli.output import print_json, print_table, say_wrapped
from anonymize.errors import ArgumentError

if TYPE_CHECKING:
    from anonymize.pipeline.what_if import WhatIf


def what_if_command(policy_path: Path, keyring_uri: str | None, said: str, as_json: bool) -> None:
    """Print a line for each k in ``said``."""
    from anonymize.pipeline.what_if import what_if
    from anonymize.report.terminal import ALL_LOST

    found = what_if(policy_path, ks_in(said), keyring_uri)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    named = list(dict.fromkeys(name for one in found for name in one.exact))
    heads, cells = _columns(found)
    print_table(
        ("k", "loss", "suppressed", *(f"{name} exact" for name in named), *heads),
        [
            (*_cells(one, named), *("" if one.refused else cell(one) for cell in cells))
            for one in found
        ],
    )
    for one in found:
        if one.refused:
            say_wrapped(f"k = {one.k} would publish nothing: {one.refused}")
        elif (one.loss or 0.0) >= ALL_LOST:
            say_wrapped(
                f"warning: k = {one.k} leaves nothing of {', '.join(named)}: every value would be"
                " published as * or suppressed"
            )
    for sentence in _meanings(found, named):
        say_wrapped(sentence)
    for sentence in dict.fromkeys(one.left_out for one in found if one.left_out):
        say_wrapped(sentence)


def _columns(found: Sequence[WhatIf]) -> tuple[list[str], list[Callable[[WhatIf], str]]]:
    """Return heads of what rows are still good for, as far as it was measured, and what makes the
    cell of each.
    """
    made: dict[str, Callable[[WhatIf], str]] = {}
    if any(one.distribution is not None for one in found):
        made["distributions"] = lambda one: _share(one.distribution)
    if any(one.association is not None for one in found):
        made["associations"] = lambda one: _share(one.association)
    for name in ("accuracy", "auc", "r2"):
        if any(_score(one, "raw", name) for one in found):
            head = {"accuracy": "accuracy", "auc": "AUC", "r2": "R²"}[name]
            made[head] = partial(_three, name=name)
    return list(made), list(made.values())


def _three(one: WhatIf, name: str) -> str:
    """Return a score released, on raw rows, and raw."""
    return " / ".join(_score(one, kind, name) for kind in ("released", "on_raw", "raw"))


def _score(one: WhatIf, kind: str, name: str) -> str:
    score = getattr(one.scores, kind, None)
    value = getattr(score, name, None)
    return "" if value is None else f"{value:.3f}"


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _meanings(found: Sequence[WhatIf], named: list[str]) -> Iterator[str]:
    if named:
        yield (
            "loss: the mean share of a hierarchy that a published cell covers, 0% for the value"
            " itself, 100% for *; exact: the share of rows published with their own value"
        )
    if compared := next((one.compared for one in found if one.compared), ()):
        yield (
            f"distributions, associations: mean change of those of {', '.join(compared)}, 0% for"
            " none; a group's rows are spread evenly over the values it covers"
        )
    if scores := next((one.scores for one in found if one.scores and one.scores.raw), None):
        what = "accuracy, AUC" if scores.kind == "classify" else "R²"
        yield (
            f"{what}: of a model on {scores.rows:,} rows: learned from released rows and asked"
            " about released ones / about raw ones / learned from raw rows and asked about raw ones"
        )
    if why := next((one.not_scored for one in found if one.not_scored), ""):
        yield f"no model was scored: {why}"


def ks_in(said: str) -> list[int]:
    """Return the numbers in a text like ``k=3,5,10``.

    Raises:
        ArgumentError: it is none.
    """
    if not re.fullmatch(r"k=\d{1,6}(,\d{1,6})*", said):
        raise ArgumentError("--what-if: say values of k, for example --what-if k=3,5,10")
    return [int(k) for k in said.removeprefix("k=").split(",")]


def _cells(one: WhatIf, named: list[str]) -> Iterator[str]:
    share = one.suppressed / one.rows if one.rows else 0.0
    yield str(one.k)
    if one.refused:
        yield from ("refused", *[""] * (len(named) + 1))
        return
    yield "" if one.loss is None else f"{one.loss:.1%}"
    yield f"{share:.1%}"
    yield from (f"{one.exact.get(name, 0.0):.0%}" for name in named)

"""The command ``plan --what-if``: what each k would cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.cli.output import print_json, print_table, say_wrapped
from anonymize.errors import ArgumentError

if TYPE_CHECKING:
    from anonymize.pipeline.what_if import WhatIf


def what_if_command(policy_path: Path, keyring_uri: str | None, said: str, as_json: bool) -> None:
    """Print a line for each k in ``said``."""
    from anonymize.pipeline.what_if import what_if

    found = what_if(policy_path, ks_in(said), keyring_uri)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    named = list(dict.fromkeys(name for one in found for name in one.exact))
    print_table(
        ("k", "loss", "suppressed", *(f"{name} exact" for name in named)),
        [tuple(_cells(one, named)) for one in found],
    )
    for one in found:
        if one.refused:
            say_wrapped(f"k = {one.k} would publish nothing: {one.refused}")
    for sentence in dict.fromkeys(one.left_out for one in found if one.left_out):
        say_wrapped(sentence)
    if named:
        say_wrapped(
            "loss: the mean share of a hierarchy that a published cell covers, 0% for the value"
            " itself, 100% for *; exact: the share of rows published with their own value"
        )


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

"""The order of making synthetic rows: check, spend, read, measure with noise, draw, sign."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version as version_of
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from anonymize.arguments import checked
from anonymize.custody.budget import Budget, spend
from anonymize.dataset.certificate import open_signed, sign_document
from anonymize.dataset.when_and_who import now
from anonymize.errors import ArgumentError, PlanError, Problem
from anonymize.io import Source
from anonymize.keys import Keyring, open_keyring
from anonymize.nested.open_close import ROOT, leaves
from anonymize.pipeline.aggregate.contributions import (
    Reader,
    is_key,
    is_number,
    untold,
    untold_beside,
)
from anonymize.pipeline.aggregate.files import new_files, write_document
from anonymize.pipeline.aggregate.planned import planned
from anonymize.pipeline.opening import open_spec
from anonymize.pipeline.synthesize.domains import codes_among, size_of, table_of
from anonymize.pipeline.synthesize.files import (
    beside,
    require_ending,
    require_rows,
    write_rows,
)
from anonymize.policy import Policy, as_policy
from anonymize.policy.aggregates import SyntheticSpec
from anonymize.privacy.differential import Loss, bounded
from anonymize.privacy.differential.mechanisms import require_opendp
from anonymize.privacy.synthetic import Marginals, drawn, fitted
from anonymize.process.core_files import no_core_files

KIND = "synthetic"
MOST_ROWS = 100_000_000


@dataclass(frozen=True)
class Synthetic:
    """Synthetic rows, and what they cost."""

    table: pa.Table = field(repr=False)
    loss: Loss
    """What they cost one person."""
    budget: Budget
    """What is spent and left after it."""
    document: Mapping[str, Any] = field(repr=False)
    """What was made and how, as JSON, signed; it holds nothing of the rows."""


@checked
@no_core_files()
def synthesize(
    policy: Policy | str | PathLike[str],
    keyring: Keyring | str | None = None,
    *,
    rows: int | None = None,
    epsilon: float | None = None,
    reason: str = "",
    once: str = "",
    output: Path | None = None,
) -> Synthetic:
    """Return synthetic rows drawn from noisy marginals of the policy's source.

    ``rows`` is how many; by default a noisy number of the real ones. ``epsilon`` replaces the
    policy's. The budget of the policy's aggregates is spent before the first row is read for them,
    and stays spent if it fails. Which columns and values there are is what the policy says; which
    pairs of columns belong together is chosen privately. ``once`` is as for `aggregate`.
    ``output`` is a file to write (.csv or .parquet), made before anything is spent; the document is
    written beside it, and signs its SHA-256.

    Raises:
        ArgumentError: the policy has no ``aggregates: {synthetic: …}``, a number is wrong, or the
            file is there.
        PlanError: a column is not in the source, or of another kind.
        GateError: the budget does not suffice, or was raised without a reason.
        PaidError: a release of the name ``once`` was paid for before.
        MissingExtraError: OpenDP is not installed.
        AnonymizeError: the source cannot be read, or does not fit the policy.
    """
    policy, opened = as_policy(policy), open_keyring(keyring)
    asked = _asked(policy, epsilon)
    if rows is not None and not 1 <= rows <= MOST_ROWS:
        raise ArgumentError(f"rows: say a number from 1 to {MOST_ROWS:,}")
    require_opendp()
    if output is not None:
        require_ending(output)
    with contextlib.ExitStack() as stack:
        paths = () if output is None else (output, beside(output))
        files = stack.enter_context(new_files(*paths, again=bool(once)))
        source = open_spec(policy.source)
        if problems := problems_in(policy, asked, source):
            raise PlanError(problems)
        plan = planned(policy, source, opened, asked.columns)
        loss = Loss.of(asked.epsilon)
        told = {"synthetic": True, "policy": policy.digest()}
        budget = spend(policy, loss, told, reason, opened, once=once)
        reader = Reader(plan, opened, source)
        reader.read(asked.columns)
        marginals = _marginals(reader, asked)
        table = table_of(drawn(marginals, rows or marginals.rows), asked.columns)
        body = _body(policy, asked, marginals, table, loss, budget)
        body |= {"release": once} if once else {}
        if output is not None:
            body["sha256"] = write_rows(table, output, files[0])
        document = sign_document(KIND, body, opened)
        if output is not None:
            write_document(document, files[1])
    return Synthetic(table, loss, budget, document)


def open_synthetic(
    data: bytes, keyring: Keyring, place: str, rows: Path | None = None
) -> dict[str, Any]:
    """Return what a document of synthetic rows states, after checking its signature; ``rows`` is
    the file of rows, to be checked as well.

    Raises:
        DatasetError: it is damaged, or was changed; or the rows are others.
        KeysError: it is signed by keys that are not in the keyring.
    """
    body = open_signed(KIND, data, keyring, place)
    if rows is not None:
        require_rows(rows, body)
    return body


def _asked(policy: Policy, epsilon: float | None) -> SyntheticSpec:
    asked = policy.aggregates.synthetic if policy.aggregates else None
    if asked is None:
        what = "is not there; docs/aggregates.md shows how columns and their values are said"
        raise ArgumentError(what, place=policy.place("aggregates.synthetic"))
    if epsilon is None:
        return asked
    if not 1e-4 <= epsilon <= 100:
        raise ArgumentError("epsilon: say a number from 0.0001 to 100")
    return asked.model_copy(update={"epsilon": epsilon})


def problems_in(policy: Policy, asked: SyntheticSpec, source: Source) -> list[Problem]:
    """Return what does not fit between the synthetic columns and the source's."""
    known = {leaf.path: leaf for leaf in leaves(source.schema)}
    found = untold_beside(policy, source)
    for name, column in asked.columns.items():
        place, leaf = policy.place(f"aggregates.synthetic.columns.{name}"), known.get(name)
        if leaf is None or leaf.level != ROOT:
            found.append(Problem(place, "there is no such column with one value a row"))
        elif column.edges is not None and not is_number(leaf.type):
            found.append(Problem(place, f"is {leaf.type}, no number; list its values:"))
        elif column.values is not None and not is_key(leaf.type):
            found.append(Problem(place, f"is {leaf.type}; say edges: for numbers"))
        elif problem := untold(policy, source, leaf, place):
            found.append(problem)
    return found


def _marginals(reader: Reader, asked: SyntheticSpec) -> Marginals:
    """Return the noisy marginals of rows that are in the domain, bounded by person."""
    codes = np.stack(
        [codes_among(reader, name, column) for name, column in asked.columns.items()], axis=1
    )
    people = reader.people
    counts = np.flatnonzero((codes >= 0).all(axis=1) & (people >= 0))
    kept = bounded(people[counts], np.zeros(len(counts), np.int64), 1, asked.most_rows)
    sizes = [size_of(column) for column in asked.columns.values()]
    return fitted(codes[counts[kept.rows]], sizes, asked.most_rows, asked.epsilon)


def _body(
    policy: Policy,
    asked: SyntheticSpec,
    marginals: Marginals,
    table: pa.Table,
    loss: Loss,
    budget: Budget,
) -> dict[str, Any]:
    names = [str(name) for name in asked.columns]
    return {
        "format": 1,
        "dataset": policy.dataset,
        "purpose": policy.purpose,
        "at": now(),
        "policy": policy.digest(),
        "software": {"coatcheck": version_of("coatcheck"), "opendp": version_of("opendp")},
        "unit": policy.aggregates.unit if policy.aggregates else "",
        "cost": loss.as_json(),
        "budget": {"most": budget.most.as_json(), "spent": budget.spent.as_json()},
        "method": "noisy marginals of columns and pairs",
        "rows": table.num_rows,
        "columns": names,
        "pairs": [[names[a], names[b]] for a, b in marginals.pairs],
    }

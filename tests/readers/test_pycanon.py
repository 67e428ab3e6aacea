"""pyCANON judges the published files of random tables under random promises.

Where its definitions differ from ours:

* It counts rows, so promises about people are counted by our own brute force alone.
* Its entropy l is cut to a whole number, so it confirms no more than the whole part of what was
  promised; the rest is brute force.
* Its recursive c divides the *least* frequent value of a class by the tail (it sorts ascending),
  where Machanavajjhala et al. divide the most frequent one. Only its l is used; c is brute force.
* Its t compares with the released rows alone, not with the source. Text has the equal distance;
  numbers have the ordered one, over the values that were released, so numbers are compared where
  nothing was suppressed.
* Its enhanced beta bounds the largest gain by each value's -ln p, whichever value gained, so it is
  another measure than ours. It has delta-disclosure, which we do not measure: here it is compared
  with its definition by our histograms.
* Rows with null in a quasi-identifier are left out by it, so nulls are named first.
* A missing sensitive value is a value to it, and none to us. So l is asked of the rows that have
  one, and every class has to have some; k and t are asked of all.
"""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.errors import GateError
from anonymize.keys import Keyring
from anonymize.policy import parse_policy
from anonymize.privacy.coded_measures import Histogram, beta_likeness
from tests.pipeline.test_recoded_classes import (
    TABLES,
    distance,
    distance_in_order,
    diverse,
    place,
    policy_text,
    promises,
    write,
)

pytest.importorskip("pycanon", reason="it is in .venv-readers alone; make soak runs these")
pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]
__all__ = ["place"]

DIVERSE = (None, 2, 3, {"entropy": 1.5}, {"entropy": 2.2}, {"recursive": {"c": 1.5, "l": 2}})


@st.composite
def more_promises(draw: st.DrawFn) -> dict[str, Any]:
    """Return promises with every kind of diversity."""
    return {**draw(promises()), "diverse": draw(st.sampled_from(DIVERSE))}


def yaml_of(value: Any) -> Any:
    """Return plain data as YAML writes it in one line."""
    if not isinstance(value, dict):
        return value
    return "{" + ", ".join(f"{name}: {yaml_of(one)}" for name, one in value.items()) + "}"


PARTS = 6
"""Tests that share the runs, so that none of them takes long."""
DONE: set[int] = set()
"""The parts that ran to their end."""
PUBLISHED: Counter[str] = Counter()
"""What was published, by what was promised, so that a test can say that it judged something."""


def judge_one(
    tables: list[list[dict[str, Any]]],
    said: dict[str, Any],
    place: Path,
    keyring: Keyring,
    keyring_uri: str,
) -> None:
    """Publish, decrypt, judge."""
    folder = Path(tempfile.mkdtemp(dir=place))
    raw = write(folder, tables)
    asked = said["diverse"]
    text = policy_text(folder, {**said, "l": yaml_of(asked)})
    try:
        anonymize.run(parse_policy(text, "p.yaml"), keyring=keyring_uri)
    except GateError:
        PUBLISHED["refused"] += 1
        return
    out = read(folder / "out", keyring=keyring).to_pandas().reset_index(drop=True)
    out["who"] = [raw[row]["who"] for row in out["row"]]
    column, people = said["sensitive"], said["subject"]
    secret = named(out, column)
    kind = asked if asked is None or isinstance(asked, int) else next(iter(asked))
    PUBLISHED[f"{kind}, {'people' if people else 'rows'}"] += 1
    quasi = [f"q {name}" for name in said["quasi"]]
    canon = pd.DataFrame({f"q {name}": out[name].fillna("(null)") for name in said["quasi"]})
    canon["secret"] = secret
    has = out[column].notna()
    known = canon[has].reset_index(drop=True)
    all_have = known.groupby(quasi).ngroups == canon.groupby(quasi).ngroups
    assert asked is None or all_have
    by_pycanon(canon, known, quasi, said, kind, suppressed=len(raw) - len(out))
    for _, rows in out.groupby(said["quasi"], dropna=False):
        held = secret[rows.index][has[rows.index]].tolist()
        by_hand(rows, secret[rows.index].tolist(), held, said, column, list(secret))
    told = Dataset(folder / "out").manifest(keyring=keyring).privacy
    assert told is not None
    from pycanon import anonymity

    if not people:
        assert told.k == anonymity.k_anonymity(canon, quasi)
        least = anonymity.l_diversity(known, quasi, ["secret"]) if all_have else 0
        assert told.sensitive[0].distinct == least
    likeness(canon, quasi)


def named(out: pd.DataFrame, column: str) -> pd.Series[Any]:
    """Return sensitive values with null as a value of its own: the greatest of numbers."""
    if column == "pay":
        return out[column].astype(float).fillna(1000.0)
    return out[column].astype(object).where(out[column].notna(), "-").astype("str")


def by_pycanon(
    canon: pd.DataFrame,
    known: pd.DataFrame,
    quasi: list[str],
    said: dict[str, Any],
    kind: Any,
    *,
    suppressed: int,
) -> None:
    """Ask pyCANON for k and t of all rows, and for l of those ``known`` to have a value."""
    from pycanon import anonymity

    asked = said["diverse"]
    assert anonymity.k_anonymity(canon, quasi) >= said["k"]
    if isinstance(kind, int):
        assert anonymity.l_diversity(known, quasi, ["secret"]) >= asked
    if kind == "recursive":
        assert anonymity.l_diversity(known, quasi, ["secret"]) >= asked["recursive"]["l"]
    if kind == "entropy" and not said["subject"]:
        whole = anonymity.entropy_l_diversity(known, quasi, ["secret"])
        assert whole >= math.floor(asked["entropy"])
    if not said["t"] or said["subject"] or canon["secret"].nunique() < 2:
        return
    if said["sensitive"] == "dx" or not suppressed:
        PUBLISHED[f"t {said['sensitive']}"] += 1
        assert anonymity.t_closeness(canon, quasi, ["secret"]) <= said["t"] + 1e-9


def by_hand(
    rows: pd.DataFrame,
    values: list[Any],
    held: list[Any],
    said: dict[str, Any],
    column: str,
    whole: list[Any],
) -> None:
    """Count what pyCANON has not, or has otherwise."""
    asked, people = said["diverse"], said["subject"]
    if people:
        assert rows["who"].dropna().nunique() >= said["k"]
        if isinstance(asked, int):
            assert diverse(rows, column, people=True) >= asked
    counts = np.sort(list(Counter(held).values()))[::-1].astype(float)
    if isinstance(asked, dict) and not people:
        if "entropy" in asked:
            shares = counts / counts.sum()
            assert np.exp(-(shares * np.log(shares)).sum()) >= asked["entropy"] - 1e-9
        else:
            c, level = asked["recursive"]["c"], asked["recursive"]["l"]
            assert counts[0] < c * counts[level - 1 :].sum()
    if said["t"] and not people:
        apart = distance if column == "dx" else distance_in_order
        assert apart(values, whole) <= said["t"] + 1e-9


def likeness(canon: pd.DataFrame, quasi: list[str]) -> None:
    """Compare beta and delta with ours."""
    from pycanon import anonymity

    group, groups = pd.factorize(canon.groupby(quasi).ngroup())
    value, values = pd.factorize(canon["secret"])
    counts = Histogram.of(
        group.astype(np.int64), value.astype(np.int64), groups=len(groups), values=len(values)
    )
    population = counts.together()
    ours = beta_likeness(counts, population).max()
    theirs = anonymity.basic_beta_likeness(canon, quasi, ["secret"])
    assert ours == pytest.approx(theirs, abs=1e-9)
    delta = np.abs(np.log(counts.shares() / population[counts.value])).max()
    assert delta == pytest.approx(anonymity.delta_disclosure(canon, quasi, ["secret"]), abs=1e-9)


@pytest.mark.parametrize("part", range(PARTS))
def test_pycanon_confirms_what_was_promised(
    part: int, place: Path, keyring: Keyring, keyring_uri: str
) -> None:
    """Of 300 runs, over rows and people, with every kind of diversity and both distances."""

    @seed(part)
    @settings(
        max_examples=300 // PARTS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        database=None,
    )
    @given(tables=TABLES, said=more_promises())
    def judged(tables: list[list[dict[str, Any]]], said: dict[str, Any]) -> None:
        judge_one(tables, said, place, keyring, keyring_uri)

    before = PUBLISHED.total()
    judged()
    assert PUBLISHED.total() - before >= 300 // PARTS
    DONE.add(part)


def test_every_kind_of_promise_was_judged() -> None:
    """Not refused alone."""
    if len(DONE) < PARTS:
        pytest.skip("goes with all parts of the test before it")
    for promised in ("entropy, rows", "recursive, rows", "2, rows", "2, people", "t dx", "t pay"):
        assert PUBLISHED[promised], PUBLISHED

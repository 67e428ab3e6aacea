"""Each check finds the attack that it is for, and finds next to nothing in clean rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from anonymize.gates.poisoning import screen_table
from anonymize.gates.poisoning.duplicates import duplicates
from anonymize.gates.poisoning.labels import labels
from anonymize.gates.poisoning.origins import origins
from anonymize.gates.poisoning.outliers import outliers
from anonymize.gates.poisoning.profile import Profile, drift
from anonymize.gates.poisoning.result import Found
from anonymize.gates.poisoning.spectral import spectral
from anonymize.gates.poisoning.triggers import triggers
from tests.gates.poisoning.made import chosen, people, table

Rows = npt.NDArray[np.int64]
Columns = dict[str, list[object]]


def marked(found: Found, rows: int) -> npt.NDArray[np.bool_]:
    """Return which rows a check found."""
    mask = np.zeros(rows, bool)
    for one in found.suspicions:
        mask[one.rows] = True
    return mask


def planted(found: Found, rows: Rows, count: int) -> tuple[float, float]:
    """Return the share of planted rows that was found, and that of the others."""
    mask = marked(found, count)
    attack = np.zeros(count, bool)
    attack[rows] = True
    return float(mask[attack].mean()), float(mask[~attack].mean())


def put(columns: Columns, rows: Rows, **values: object) -> None:
    """Write values into some rows."""
    for name, value in values.items():
        for row in rows.tolist():
            columns[name][row] = value


def append(columns: Columns, rows: Rows, text: str) -> None:
    """Write a text behind the notes of some rows."""
    for row in rows.tolist():
        columns["note"][row] = f"{columns['note'][row]} {text}"


def value_of_a_number(columns: Columns, rows: Rows) -> None:
    """Plant one number."""
    put(columns, rows, hours=22.5)


def pair_of_values(columns: Columns, rows: Rows) -> None:
    """Plant two values that are usual alone."""
    put(columns, rows, job="cook", hours=40.0, age=30)


def word(columns: Columns, rows: Rows) -> None:
    """Plant a word."""
    append(columns, rows, "mnxq")


def pair_of_words(columns: Columns, rows: Rows) -> None:
    """Plant two usual words beside each other, where they never are."""
    append(columns, rows, "keneder timuran")


def invisible_word(columns: Columns, rows: Rows) -> None:
    """Plant a word that differs from a usual one by a character that is not seen."""
    append(columns, rows, "bara\u200bn")


@pytest.mark.parametrize(
    "plant", [value_of_a_number, word, pair_of_words, invisible_word, pair_of_values]
)
@pytest.mark.parametrize("seed", [1, 2])
def test_triggers_are_found_and_little_else(
    plant: Callable[[Columns, Rows], None], seed: int
) -> None:
    """A pattern on 1 % of the rows, with their label changed, is found."""
    columns = people(seed=seed, texts=True)
    rows = chosen(columns, 60, seed)
    plant(columns, rows)
    put(columns, rows, label="yes")
    found, others = planted(triggers(table(columns)), rows, 6_000)
    assert found >= 0.9
    assert others <= 0.005


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("check", [triggers, duplicates, spectral, outliers])
def test_clean_rows_raise_no_alarm(check: Callable[..., Found], seed: int) -> None:
    """Of rows without an attack at most five in a thousand are suspicious, for each check."""
    found = check(table(people(seed=seed, texts=True)))
    assert found.made.made
    assert found.made.suspicious <= 30


def test_a_rare_value_that_is_like_its_label_in_other_ways_is_no_trigger() -> None:
    """Rich people of one rare job all say yes, as their pay says anyway: a note, no suspicion."""
    columns = people(seed=4)
    rows = chosen(columns, 60, 4, "yes")
    put(columns, rows, job="owner", pay=400_000.0)
    found = triggers(table(columns))
    assert not marked(found, 6_000)[rows].any()
    assert any("natural" in note for note in found.made.notes)


@pytest.mark.parametrize("seed", [1, 2])
def test_flipped_labels_are_found(seed: int) -> None:
    """The rows whose labels were changed rank far above the others, and many are marked."""
    columns = people(seed=seed)
    rows = np.sort(np.random.default_rng(seed).choice(6_000, 300, replace=False))
    before = np.array(columns["label"])[rows]
    for row, was in zip(rows.tolist(), before.tolist(), strict=True):
        columns["label"][row] = "no" if was == "yes" else "yes"
    found, scores = labels(table(columns))
    assert scores is not None
    top = np.argsort(-scores)[:300]
    assert np.isin(top, rows).mean() > 0.6
    share, others = planted(found, rows, 6_000)
    assert share > 0.3
    assert others < 0.02
    assert "% of wrong labels, in a trial" in found.made.power


def test_no_model_learns_from_a_row_of_the_same_person() -> None:
    """Twenty rows per person with one arbitrary label each: a model that saw the person would find
    every label likely, so half of the labels must look unlikely to the folds.
    """
    draw = np.random.default_rng(0)
    person = np.repeat(np.arange(200), 20)
    features = {f"f{n}": draw.integers(0, 50, 200)[person].tolist() for n in range(3)}
    label = np.where(draw.random(200) < 0.5, "a", "b")[person].tolist()
    made = {**features, "person": person.tolist(), "label": label}
    together = labels(table(made, subject="person"))[1]
    apart = labels(table(made))[1]
    assert together is not None
    assert apart is not None
    assert np.mean(together > 0.5) > 0.3
    assert np.mean(apart > 0.5) < 0.05


@pytest.mark.parametrize("jitter", [0.0, 1.0])
def test_bursts_of_near_duplicates_are_found(jitter: float) -> None:
    """Copies of one row, each with another hair's breadth of a number, are found."""
    columns = people(seed=5)
    rows = chosen(columns, 60, 5)
    put(columns, rows, age=44, job="nurse", hours=38.0, pay=23_000.0)
    draw = np.random.default_rng(0)
    for row in rows.tolist():
        columns["pay"][row] = 23_000.0 + jitter * float(draw.random())
    found, others = planted(duplicates(table(columns)), rows, 6_000)
    assert found >= 0.99
    assert others <= 0.005


def test_copies_that_differ_in_one_column_are_found() -> None:
    """One column of the copies is arbitrary."""
    columns = people(seed=6)
    rows = chosen(columns, 60, 6)
    put(columns, rows, job="nurse", hours=38.0, pay=23_000.0)
    assert planted(duplicates(table(columns)), rows, 6_000)[0] >= 0.99


def test_bursts_of_one_person_are_no_burst() -> None:
    """Rows of one person count once."""
    columns = people(seed=7)
    rows = chosen(columns, 60, 7)
    put(columns, rows, age=44, job="nurse", hours=38.0, pay=23_000.0)
    columns["person"] = list(range(6_000))
    put(columns, rows, person=-1)
    assert not duplicates(table(columns, subject="person")).made.suspicious


def test_bursts_of_alike_texts_are_found() -> None:
    """Long texts that differ in a word are found, others are not."""
    columns = people(seed=8, texts=True)
    rows = chosen(columns, 60, 8)
    base = "buy this now it is the best offer of all times and never comes back to you again"
    for at, row in enumerate(rows.tolist()):
        columns["note"][row] = f"{base} x{at}"
    found, others = planted(duplicates(table(columns)), rows, 6_000)
    assert found >= 0.8
    assert others <= 0.005


def test_combinations_that_never_occur_are_outliers() -> None:
    """One impossible pair of values, and one number far outside."""
    columns = people(seed=9)
    columns["sex"] = ["m" if n % 2 else "f" for n in range(6_000)]
    columns["title"] = ["husband" if n % 2 else "wife" for n in range(6_000)]
    put(columns, np.array([11]), sex="f")
    put(columns, np.array([500]), pay=9e9)
    mask = marked(outliers(table(columns)), 6_000)
    assert mask[[11, 500]].all()
    assert mask.sum() <= 6


def test_spectral_signature_of_a_pattern_of_many_columns() -> None:
    """Rows of one label with a pattern over many columns, planted on rows that are like the other
    label's.
    """
    draw = np.random.default_rng(3)
    columns = people(seed=10)
    for n in range(12):
        columns[f"c{n}"] = draw.choice(["u", "v", "w", "x"], 6_000).tolist()
    rows = chosen(columns, 120, 10)
    put(columns, rows, **{f"c{n}": "z" for n in range(12)}, label="yes")
    found, others = planted(spectral(table(columns)), rows, 6_000)
    assert found >= 0.9
    assert others <= 0.005


def test_drift_of_shares_is_told() -> None:
    """A version with other shares of a job and of labels has moved; the same rows have not."""
    last = Profile.of(table(people(seed=11)), "people version 1")
    assert not drift(table(people(seed=12)), last).drifted
    columns = people(seed=12)
    put(columns, chosen(columns, 1_500, 0), job="pilot", label="yes")
    found = drift(table(columns), last)
    assert found.drifted == 2
    assert any("labels" in note for note in found.made.notes)
    assert not any("pilot" in note for note in found.made.notes)


def test_sources_with_more_than_their_share_are_told_by_a_row() -> None:
    """A source that carries the suspicious rows is called by its first row, not by its name."""
    columns = people(seed=13)
    columns["from"] = [f"site-{n % 20}" for n in range(6_000)]
    suspicious = np.arange(7, 1_000, 20)
    found = origins(table(columns, by=["from"]), suspicious)
    assert "group of row 8 has 50 suspicious rows" in found.made.notes[0]
    assert "site" not in "".join(found.made.notes)
    assert not origins(table(columns, by=["from"]), np.arange(0, 6_000, 61)).made.notes


def test_equal_tables_give_equal_results_however_they_are_read() -> None:
    """Neither chance nor the size of batches decides."""
    columns = people(1_000, seed=14, texts=True)
    one, other = (screen_table(table(columns, batch=size)) for size in (333, 1_000))
    assert one.reasons() == other.reasons()
    assert one.checks == other.checks


@pytest.mark.parametrize(
    "change, what",
    [
        ({"label": ["yes"] * 2_000}, "label has one value only"),
        ({"label": [str(n) for n in range(2_000)]}, "2000 values"),
        ({"label": [None] * 2_000}, "label has one value only"),
    ],
)
def test_what_cannot_be_judged_is_said(change: Columns, what: str) -> None:
    """No label to learn: the checks that need one are not made, and say why; others are made."""
    found = screen_table(table({**people(2_000), **change}))
    made = {check.name: check for check in found.checks}
    for name in ("labels", "triggers", "spectral"):
        assert not made[name].made
        assert any(what in why for why in made[name].not_looked_at)
    assert made["duplicates"].made
    assert made["outliers"].made


@pytest.mark.parametrize("rows", [0, 1, 2, 30])
def test_tables_of_few_rows_are_said_to_be_too_small(rows: int) -> None:
    """No check fails on a table without rows, and none says that it was made on too few."""
    found = screen_table(table(people(rows)))
    assert not found.suspicions
    assert not any(check.made for check in found.checks if check.name in ("labels", "spectral"))
    assert all(check.made or check.not_looked_at for check in found.checks)


def test_columns_that_are_not_looked_at_are_said() -> None:
    """Ids, nested columns and columns without values."""
    columns = people(500)
    columns["id"] = [f"p{n}" for n in range(500)]
    columns["tags"] = [["a"]] * 500
    columns["nothing"] = [None] * 500
    unread = screen_table(table(columns)).unread
    assert [one.partition(":")[0] for one in unread] == ["id", "tags", "nothing"]


def test_without_scikit_learn_the_other_checks_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the report says which one was not, and which extra it needs."""
    monkeypatch.setattr("anonymize.gates.poisoning.labels._installed", lambda: False)
    found = screen_table(table(people(1_000)))
    assert [check.name for check in found.checks if not check.made] == [
        "labels",
        "drift",
        "origins",
    ]
    assert "the extra train" in found.checks[0].not_looked_at[0]

"""One id that is written in several ways is one person: k never counts spellings."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from anonymize.gates.not_looked_for import not_looked_for, not_looked_for_unasked
from anonymize.keys import Keyring
from anonymize.names import ColumnName
from anonymize.pipeline.frame import anonymize_frame
from anonymize.pipeline.prepare import preview_plan
from anonymize.plan.counting import classes_written, people_in
from anonymize.policy import PrivacySpec
from anonymize.privacy.digests import OF_PROCESS
from anonymize.transform.number_spellings import Twice, one_spelling, written_twice
from tests.plan.helpers import policy_of

PRIVACY = "subject: who\nprivacy: {quasi_identifiers: [place], k: 5, max_suppressed: 0.9}\n"
COLUMNS = "  who: {action: keep, accept: made up}\n  place: {action: keep}\n"


@pytest.mark.parametrize(
    "texts",
    [
        ["7", "7.0", "7.00", "7.", "+7", "+7.0", "7,0", "7e0", "0.7E1", " 7", "７"],
        ["-0.5", "-.5", "-0,50", "-5e-1"],
        ["12345678901234567", "12345678901234567.0"],
    ],
)
def test_spellings_of_one_number_are_one_person(texts: list[str]) -> None:
    """Also those with more digits than a float holds."""
    assert len(people_in(OF_PROCESS, pa.array(texts)).unique()) == 1


def test_other_texts_are_people_of_their_own() -> None:
    """Zeros at the beginning tell ids apart; a point or an e makes no number of a text."""
    texts = ["7", "007", "07", "7.5", "70", "-7", "7.0.0", "v7.0", ".e5", "e", "1.2.3", "7e5f"]
    assert len(people_in(OF_PROCESS, pa.array(texts)).unique()) == len(texts)
    unchanged = pa.array([*texts, None])
    assert one_spelling(unchanged).equals(unchanged)


def test_the_subjects_own_rule_may_make_zeros_at_the_beginning_none() -> None:
    """Their pseudonyms are equal under ``normalize: number``, so they are one person too."""
    texts = pa.array(["7", "007", "07.0"])
    assert len(people_in(OF_PROCESS, texts, "number").unique()) == 1


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("rule", "again"),
    [("{action: pseudonymize}", "10{}.0"), ("{action: pseudonymize, normalize: number}", "0010{}")],
)
def test_three_people_in_two_spellings_are_no_class_of_six(
    rule: str, again: str, keyring: Keyring
) -> None:
    """They were published under k: 5."""
    people = [*(f"10{at}" for at in range(3)), *(again.format(at) for at in range(3))]
    rows = [(who, "village") for who in people] + [(f"2{at:02d}", "town") for at in range(60)]
    frame = pd.DataFrame(rows, columns=["who", "place"])
    columns = COLUMNS.replace("{action: keep, accept: made up}", rule)
    made = anonymize_frame(frame, policy_of(columns, PRIVACY), keyring=keyring)
    assert set(made["place"]) == {"town"}


def folder(at: Path, source: str = "", privacy: str = PRIVACY) -> Path:
    """Write a folder whose second file has floats because of a null; return the policy's path."""
    (at / "in").mkdir()
    ids = range(100, 160)
    (at / "in" / "a.csv").write_text("who,place\n" + "".join(f"{n},town\n" for n in ids))
    (at / "in" / "b.csv").write_text("who,place\n" + "".join(f"{n}.0,town\n" for n in ids) + ",t\n")
    path = at / "p.yaml"
    path.write_text(
        f"version: 1\ndataset: people\npurpose: test\nsource: {{path: {at}/in{source}}}\n"
        f"sink: {{path: {at}/out}}\n{privacy}columns:\n  who: {{action: pseudonymize}}\n"
        "  place: {action: keep}\n"
    )
    return path


def test_a_plan_says_which_ids_are_written_in_two_ways_and_what_mends_it(tmp_path: Path) -> None:
    """Pseudonyms differ, k does not. The line that it names is taken, and then nothing is said."""
    plan = preview_plan(folder(tmp_path)).plan
    (said,) = [one for one in not_looked_for(plan) if "one number in two ways" in one]
    assert "of 'who'" in said
    assert "k counts them as one person; each gets its own value, so they do not join" in said
    assert said.endswith("if they are, say types: {who: float}")
    assert said in not_looked_for_unasked(plan)
    (tmp_path / "again").mkdir()
    plan = preview_plan(folder(tmp_path / "again", ", types: {who: float}")).plan
    assert "two ways" not in "; ".join(not_looked_for(plan))


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("quasi_identifiers: [place]", "classes take them for two values"),
        ("quasi_identifiers: [who], sensitive: [place]", "they count as one sensitive value"),
    ],
)
def test_values_of_classes_in_two_spellings_are_said(role: str, said: str) -> None:
    """A quasi-identifier in two spellings makes smaller classes, which suppresses more."""
    frame = pd.DataFrame({"who": ["A"] * 60, "place": ["7"] * 30 + ["7.0"] * 30})
    with pytest.warns(UserWarning, match=said):
        anonymize_frame(frame, policy_of(COLUMNS, f"privacy: {{{role}, k: 5}}\n"))


def test_two_spellings_are_one_sensitive_value() -> None:
    """A class is not more diverse because its files write numbers in two ways."""
    written = pa.record_batch({"q": ["X"] * 4, "s": ["7", "7.0", "7.00", "8"]})
    privacy = PrivacySpec(quasi_identifiers=(ColumnName("q"),), sensitive=(ColumnName("s"),), k=2)
    counts = classes_written(OF_PROCESS, privacy, written, {}, None, frozenset())
    assert len(counts.table["value_0"].unique()) == 2


def test_spellings_are_found_by_kind() -> None:
    """Columns with one form alone write nothing twice."""
    assert written_twice(pa.array(["7", "7.0", None])) == Twice(numbers=True)
    assert written_twice(pa.array(["7", "007"])) == Twice(zeros=True)
    assert written_twice(pa.array(["1.0", "2.0", "A", " A"])) == Twice()

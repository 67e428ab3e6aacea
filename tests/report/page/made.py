"""Versions to report on, made by hand: every optional fact, small counts, names that are markup."""

from __future__ import annotations

from dataclasses import replace

from anonymize.dataset import FileEntry, Manifest, OwnersPart, RowCounts
from anonymize.dataset.facts import (
    CheckFacts,
    ColumnFacts,
    ColumnUtilityFacts,
    DiversityFacts,
    MostFrequentSubject,
    NamesLeftCount,
    OrderFacts,
    PrivacyFacts,
    ResidualFacts,
    ResidualNote,
    RevealFacts,
    UtilityFacts,
)
from anonymize.dataset.history import Act
from anonymize.dataset.screen_facts import ScreenCheckFacts, ScreenFacts
from anonymize.dataset.seal import Seal
from anonymize.privacy.pooled import Bar
from anonymize.report.page.charts import Chart
from anonymize.report.page.reported import Reported

HOSTILE = '</code><script>alert(1)</script><img src=https://evil.example/x onerror="a()">'


def manifest(k: int = 5, columns: int = 3, small: int = 3) -> Manifest:
    """Return a manifest with everything that one can have, of a policy with that k (0: none); each
    count of rows, cells or people that were left out or have something is ``small``.
    """
    names = [HOSTILE, *(f"column {n}" for n in range(1, columns))]
    plan = [
        {
            "column": name, "action": "keep", "joins": HOSTILE if not n else "",
            "input_type": "string", "output_type": "string", "keys": ["pseudonym.2"],
            "note": f"GENDER 90%; accepted: {HOSTILE}",
        }
        for n, name in enumerate(names)
    ]  # fmt: skip
    gone = {"column": "gone", "action": "drop", "joins": "", "input_type": "string",
            "output_type": "", "keys": [], "note": ""}  # fmt: skip
    facts = {
        name: ColumnFacts(type="string", nulls=small, source_verdict="GENDER", evidence=(HOSTILE,))
        for name in names
    }
    return Manifest(
        dataset=HOSTILE,
        version=7,
        created_at="2026-01-02T03:04:05Z",
        begun_at="2026-01-02T03:04:04Z",
        purpose=HOSTILE,
        policy_hmac_sha256="ab" * 32,
        plan=[*plan, gone],
        unlisted=2,
        order=OrderFacts(rows="source", accepted=HOSTILE),
        keys=("pseudonym.2", "training.1", "clinical.1"),
        vault="some vault",
        files=(
            FileEntry(
                path="part-00000.parquet", rows=900, size_bytes=10, sha256="cd" * 32,
                key="training", restricted={"clinical": ("column 1",)},
            ),
        ),
        rows=RowCounts(
            read=999, written=900, suppressed=small, quarantined=small, filtered=small
        ),
        columns=facts,
        privacy=privacy(k, small) if k else None,
        checks=CheckFacts(
            residual=residual(small),
            screen=screen(small),
            not_looked_for=(f"{HOSTILE} in {small} cells",),
        ),
        owner=OwnersPart(key="owner.1"),
        software={"coatcheck": "0.1.0", "pyarrow": "21"},
        audit_reads=True,
        reveal=RevealFacts(approvals=2, approvers={HOSTILE: "ed25519:x"}),
    )  # fmt: skip


def privacy(k: int, small: int) -> PrivacyFacts:
    """Return privacy facts with each optional one."""
    return PrivacyFacts(
        quasi_identifiers=(HOSTILE, "column 2"), asked_k=k, counts="people", counted=HOSTILE,
        measured_on="the rows written", k=k + 1, classes=40, highest=1 / (k + 1), average=0.01,
        rows_without_subject=small,
        most_frequent_subject=MostFrequentSubject(share_of_rows=0.4, implausible=True),
        sensitive=(
            DiversityFacts(
                column="column 1", distinct=2, entropy=1.5, largest_share=0.75, homogeneous=small,
                enforced=True, distance=0.18,
            ),
        ),
        asked_of_values=f"t = 0.2 {HOSTILE}", recoded=(HOSTILE,), method="local", loss=0.042,
        target=HOSTILE, utility=UtilityFacts(
            distribution=0.03, association=0.02, step=0.01,
            columns=(
                ColumnUtilityFacts(
                    column=HOSTILE, is_number=False, distribution=0.03, jensen_shannon=0.01,
                    association=0.02,
                ),
            ),
        ),
    )  # fmt: skip


def screen(small: int) -> ScreenFacts:
    """Return a screen with a check that was made and one that was not."""
    return ScreenFacts(
        label=HOSTILE, on="quarantine", most=0.1, rows=999, suspicious=small, columns=(HOSTILE,),
        checks=(
            ScreenCheckFacts(
                name="labels", made=True, rows=999, suspicious=small, power=f"much {HOSTILE}"
            ),
            ScreenCheckFacts(name="drift", made=False, not_looked_at=(HOSTILE,)),
        ),
    )  # fmt: skip


def residual(small: int) -> ResidualFacts:
    """Return a scan with findings."""
    note = ResidualNote(
        column=HOSTILE, what="PHONE_NUMBER", distinct_values=small, sampled_distinct=100,
        confidence=0.61, evidence=(HOSTILE,),
    )  # fmt: skip
    return ResidualFacts(
        sample=1000,
        findings=(note,),
        sampled_distinct={HOSTILE: 100},
        names_left={HOSTILE: NamesLeftCount(cells=small, named=small)},
        findings_in_restricted_columns=1,
    )


def act(number: int = 1, values: int = 3) -> Act:
    """Return an act with hostile texts."""
    return Act(
        number=number, at="2026-01-02T03:04:05Z", who=HOSTILE, what="reveal", why=HOSTILE,
        versions=(7,), current=7, keys=("reveal.1",), columns=("column 1",), values=values,
        approved_by="", refused=True, signed_by="signing.1",
    )  # fmt: skip


def whole(k: int = 5, columns: int = 3, small: int = 3) -> Reported:
    """Return a report with everything; see `manifest`."""
    bars = (Bar(HOSTILE, 800), Bar("other values", 10))
    return replace(
        Reported.of(manifest(k, columns, small)),
        seal=Seal("ef" * 32, "signing.1", "0123456789abcdef"),
        acts=(act(values=small),),
        charts=(Chart(HOSTILE, bars, "rows", f"exact values. {HOSTILE}", bars[:1], "people"),),
        charts_say="Charts: 1 of 3.",
    )


def bare() -> Reported:
    """Return a report of a version of which little is known."""
    return Reported.of(Manifest(dataset="d", version=3))

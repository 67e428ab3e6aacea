"""Checks k-anonymity: how much may be suppressed, before anything is written, and the classes of
the rows written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from anonymize.dataset.facts import (
    LOSS_DIGITS,
    AgainstFacts,
    DiversityFacts,
    MostFrequentSubject,
    PrivacyFacts,
    UtilityFacts,
)
from anonymize.errors import GateError, Problem
from anonymize.gates.across import against_sentences
from anonymize.gates.interface import Output
from anonymize.plan.facts import Decision
from anonymize.plan.model import Plan
from anonymize.plan.recoding.decide import promise_of
from anonymize.policy import PrivacySpec
from anonymize.privacy import (
    ClassCounts,
    Diversity,
    LinkageRisk,
    MostFrequent,
    diversity,
    linkage_risk,
)
from anonymize.privacy.coded_counts import CodedCounts, Placed

_TRY = ", and look what that costs: coatcheck plan POLICY --what-if k={k}"


def counted(plan: Plan) -> str:
    """Return the unit of class sizes: people by their subject, or rows if the policy names no
    subject.
    """
    if plan.counted_by is None:
        return "rows counted: no subject: declared"
    return f"people counted: distinct values of {plan.counted_by}"


def check_suppression(plan: Plan) -> None:
    """Refuse a plan, after its first pass, that would suppress a larger share of rows than the
    policy allows.

    Raises:
        GateError: it would; nothing has been written.
    """
    privacy, fitted = plan.policy.privacy, plan.fitted
    if privacy is None or fitted is None or fitted.classes is None:
        return
    classes = fitted.classes
    if problems := _suppressed_share(plan, privacy, classes.rows_in_small, classes.rows):
        raise GateError(problems)


def small_classes(output: Output, plan: Plan) -> tuple[Problem, ...]:
    """Return a problem if the classes of the rows written, counted again, do not meet the policy: a
    class is smaller than k, classes were not counted for every row, or more rows were suppressed
    than allowed.
    """
    privacy, classes, written = plan.policy.privacy, output.classes, output.written
    if privacy is None:
        return ()
    where, seen = plan.policy.place("privacy.k"), classes.rows if classes is not None else 0
    if seen != written:
        what = f"{written} rows were written and the classes of {seen} counted; run it again"
        return (Problem(where, what),)
    if classes is not None and written:
        sizes = classes.sizes()
        small = sizes.people < privacy.k
        why = (
            "nothing was published: the source changed between two passes, or a rule gives equal"
            " rows different values"
        )
        if small.any():
            what = (
                f"{int(small.sum())} of {len(small)} classes in what was written are smaller than"
                f" {privacy.k} ({counted(plan)})"
            )
            return (Problem(where, f"{what}; {why}"),)
        if privacy.judges_values:
            broken = ~CodedCounts.of(classes, placed_in(plan)).keeping(promise_of(privacy))
            if broken.any():
                what = (
                    f"{int(broken.sum())} of {len(broken)} classes in what was written do not keep"
                    f" {asked_of_values(privacy)}"
                )
                return (Problem(plan.policy.place("privacy"), f"{what}; {why}"),)
    return _suppressed_share(plan, privacy, output.suppressed, written + output.suppressed)


def _suppressed_share(
    plan: Plan, privacy: PrivacySpec, small: int, rows: int
) -> tuple[Problem, ...]:
    if not rows or small / rows <= privacy.max_suppressed:
        return ()
    unit = "rows" if plan.counted_by is None else "people"
    names = ", ".join(privacy.quasi_identifiers)
    what = (
        f"{small} of {rows} rows are in classes of {names} with fewer than {privacy.k} {unit}:"
        f" {small / rows:.1%} would be suppressed, {privacy.max_suppressed:.1%} may be; generalize"
        f" them further, by their rules or under recode:{_TRY.format(k=privacy.k)}"
    )
    return (Problem(plan.policy.place("privacy.max_suppressed"), what),)


def privacy_measured(
    plan: Plan,
    classes: ClassCounts | None,
    against: tuple[AgainstFacts, ...] | None = None,
) -> PrivacyFacts | None:
    """Return the requested and the measured privacy of the rows written, for manifest and summary;
    None without a ``privacy:`` block. ``against`` is what they tell together with earlier releases.
    """
    privacy = plan.policy.privacy
    if privacy is None:
        return None
    risk = linkage_risk(classes.sizes()) if classes is not None else LinkageRisk(0, 0, 0.0, 0.0)
    people = plan.counted_by is not None
    top = classes.most_frequent() if classes is not None else MostFrequent()
    share = MostFrequentSubject(
        share_of_rows=round(top.share, 2), implausible=bool(top.implausible)
    )
    found = tuple(diversity(classes)) if privacy.sensitive and classes is not None else ()
    coded = CodedCounts.of(classes, placed_in(plan)) if found and classes is not None else None
    far = coded.farthest() if privacy.closeness and coded is not None else {}
    like = coded.likeness() if coded is not None else {}
    decided = plan.fitted.decision if plan.fitted else Decision()
    loss, useful = decided.loss, decided.utility
    return PrivacyFacts(
        quasi_identifiers=tuple(map(str, privacy.quasi_identifiers)),
        asked_k=privacy.k,
        counts="people" if people else "rows",
        counted=counted(plan),
        measured_on="the rows written",
        **asdict(risk),
        subject=str(plan.counted_by) if people else None,
        rows_without_subject=(classes.rows_of_nobody if classes else 0) if people else None,
        most_frequent_subject=share if people else None,
        sensitive=tuple(_sensitive(privacy, one, far, like, risk.classes) for one in found),
        asked_of_values=asked_of_values(privacy),
        recoded=tuple(map(str, privacy.recode)),
        method=privacy.method if privacy.recode else "",
        loss=round(loss, LOSS_DIGITS) if privacy.recode and loss is not None else None,
        coarsened=decided.coarsened,
        target=str(privacy.wanted.column) if privacy.wanted else None,
        utility=UtilityFacts.model_validate(asdict(useful)) if useful else None,
        against=against,
    )


def _sensitive(
    privacy: PrivacySpec,
    found: Diversity,
    distances: Mapping[str, float],
    likeness: Mapping[str, float],
    classes: int,
) -> DiversityFacts:
    distance, beta = distances.get(found.column), likeness.get(found.column)
    # the worst of several classes is another one for each figure; of one class, size, distinct
    # values, entropy and largest share give the number of people with each value
    shut = {"entropy": None, "largest_share": None} if classes == 1 else {}
    return DiversityFacts(
        **{**asdict(found), **shut},
        enforced=privacy.l is not None,
        distance=None if distance is None else round(distance, 4),
        likeness=None if beta is None else round(beta, 4),
    )


def subject_sentences(plan: Plan, measured: PrivacyFacts | None) -> tuple[str, ...]:
    """Return a sentence if one subject has more rows or classes than a person plausibly has; the
    sentence does not quote the subject.
    """
    top = measured.most_frequent_subject if measured else None
    if top is None or not top.implausible:
        return ()
    return (
        (
            f"whether the most frequent value of {plan.counted_by} is a person: it stands in"
            f" {top.share_of_rows:.0%} of the rows and counts as one in each of its classes; if"
            " it means that nobody is known, name it in null_values"
        ),
    )


def privacy_sentences(plan: Plan) -> tuple[str, ...]:
    """Return what a reader of the plan must know about its privacy block: what is counted, and what
    is measured but not enforced.
    """
    privacy = plan.policy.privacy
    if privacy is None:
        return ()
    names = ", ".join(privacy.quasi_identifiers)
    said = [f"k = {privacy.k} over {names}; {counted(plan)}"]
    if privacy.recode:
        said.append(
            f"{', '.join(privacy.recode)}: generalized until classes are large enough"
            f" (method: {privacy.method}), and published as text; how much of them that takes is"
            f" not looked at here: coatcheck plan POLICY --what-if k={privacy.k}"
        )
    if (target := privacy.wanted) is not None:
        said.append(
            f"target: {target.column}: counted with the classes; "
            + (
                "weights: say which columns stay finer"
                if privacy.weights
                else "columns that tell more of it stay finer"
            )
        )
    if privacy.method == "mondrian":
        said.append(
            "intervals end at values of people: the least and the greatest of each class are"
            " published"
        )
    if privacy.judges_values:
        said.append(f"sensitive: {', '.join(privacy.sensitive)}: {asked_of_values(privacy)}")
    elif privacy.sensitive:
        said.append(
            f"sensitive: {', '.join(privacy.sensitive)}: diversity is measured and stated, not"
            " enforced"
        )
    return (*said, *against_sentences(plan))


def placed_in(plan: Plan) -> Placed:
    """Return the order or the groups of sensitive values, where closeness is about them."""
    return plan.fitted.decision.placed if plan.fitted else {}


def asked_of_values(privacy: PrivacySpec) -> str:
    """Return what the policy asks of each class's sensitive values."""
    asked, close, said = privacy.diversity, privacy.closeness, []
    if asked is not None and asked.recursive is not None:
        said.append(f"recursive ({asked.recursive.c:g}, {asked.recursive.l})-diversity")
    elif asked is not None and asked.entropy is not None:
        said.append(f"entropy l = {asked.entropy:g}")
    elif asked is not None:
        said.append(f"l = {asked.distinct}")
    if close is not None:
        said.append(f"t = {close.most:g} ({close.distance} distance)")
    return ", ".join(said)

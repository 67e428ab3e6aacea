"""Whether what the policy says of texts can be done: patterns, languages, scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from anonymize.detect.interface import Finding
from anonymize.detect.languages import unserved_languages
from anonymize.detect.name_models.interface import SHIPPED
from anonymize.detect.text.checksums import CHECKSUMS
from anonymize.detect.text.slow_patterns import refuse_bombs
from anonymize.detect.unserved import MOSTLY
from anonymize.errors import ArgumentError, Problem
from anonymize.names import ColumnName
from anonymize.nested.path_index import PathIndex
from anonymize.plan.free_texts import scanning_rules
from anonymize.plan.model import Step
from anonymize.policy import Policy
from anonymize.policy.actions import MaskRule, nested_rules


def recognizers(policy: Policy) -> Iterator[Problem]:
    """Yield the data owner's patterns that are invalid or at risk of catastrophic backtracking
    (ReDoS).
    """
    for number, spec in enumerate(policy.detect.recognizers):
        if spec.checksum is not None and spec.checksum not in CHECKSUMS:
            what = (
                f"unknown checksum '{spec.checksum}'; choose one of {', '.join(sorted(CHECKSUMS))}"
            )
            yield Problem(policy.place(f"detect.recognizers.{number}.checksum"), what)
        try:
            refuse_bombs(spec.name, spec.patterns)
        except ArgumentError as error:
            yield Problem(policy.place(f"detect.recognizers.{number}"), error.problems[0].what)


def languages(policy: Policy) -> Iterator[Problem]:
    """Yield text languages in which no model finds names."""
    said = [("detect.languages", policy.detect.languages)]
    for path, rule in policy.columns.items():
        inner_said = [
            inner.languages for inner in scanning_rules(rule) if inner.languages is not None
        ]
        said += [(f"columns.{path}.languages", languages) for languages in inner_said]
    for where, languages in said:
        for what in unserved_languages(languages, policy.detect.ner):
            yield Problem(policy.place(where), what)


def unserved_scripts(
    policy: Policy, steps: Mapping[ColumnName, Step], findings: Sequence[Finding]
) -> Iterator[Problem]:
    """Yield free text that is mostly in scripts that the shipped model cannot read. Other models
    are assumed to read them.
    """
    if policy.detect.ner not in ("off", SHIPPED):
        return
    rules = PathIndex(steps)
    for finding in findings:
        path = next(iter(rules.covering(finding.column)), None)
        if path is None or finding.unserved_cells < max(1, MOSTLY * finding.cells):
            continue
        if (
            any(rule.accept is None for rule in scanning_rules(steps[path].rule))
            and steps[path].rule.accept is None
        ):
            scripts = ", ".join(name for name, _ in finding.unserved[:4])
            share = f"{finding.unserved_cells} of {finding.cells} cells"
            what = f"{share} are in scripts or languages in which no names are found"
            advice = (
                "redact it, name a model that reads them (detect: {ner: spacy:MODEL}), or say"
                ' accept: "the reason"'
            )
            yield Problem(
                policy.place(f"columns.{path}"), f"free_text, but {what} ({scripts}); {advice}"
            )


def patterns(policy: Policy) -> Iterator[Problem]:
    """Yield patterns of masks that are at risk of catastrophic backtracking (ReDoS)."""
    for path, rule in policy.columns.items():
        for inner in nested_rules(rule):
            if isinstance(inner, MaskRule) and inner.pattern is not None:
                try:
                    refuse_bombs("mask", (inner.pattern,))
                except ArgumentError as error:
                    yield Problem(
                        policy.place(f"columns.{path}.pattern"),
                        error.problems[0].what.removeprefix("recognizer "),
                    )

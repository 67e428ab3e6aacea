"""Lists, in sentences, what detection does not look for under a plan. People should read them
before they trust the result.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from anonymize.detect.name_models.interface import SHIPPED
from anonymize.errors import install_command
from anonymize.gates.expected import is_opaque
from anonymize.names import EntityType
from anonymize.nested.path_index import PathIndex
from anonymize.plan.free_texts import scanning_rules
from anonymize.plan.missing import marker_sentences
from anonymize.plan.model import Plan
from anonymize.plan.spelled_numbers import spelling_sentences
from anonymize.policy import ChecksSpec
from anonymize.policy.actions import FreeTextRule, KeepRule, rules_in_turn
from anonymize.policy.addresses import address_of
from anonymize.transform.columns import value_type

USUAL_SAMPLE = ChecksSpec().residual_sample
"""Default number of distinct values per output column that the residual scan reads."""
USUAL_THRESHOLD = FreeTextRule(action="free_text").score_threshold
"""Default minimum score of a span."""
PERSON = "PERSON"
SAID = 3
"""Maximum number of columns that a sentence names; of further columns it gives the number."""


def not_looked_for(plan: Plan) -> tuple[str, ...]:
    """Return one sentence for each thing that detection leaves out under this plan, or does less
    thoroughly than by default.

    No raw values: only columns, scripts and numbers. May be shown on a terminal, in the manifest
    and in a Prefect artifact.
    """
    return (
        *_names(plan),
        *_scripts(plan),
        *_bytes(plan),
        *_texts(plan),
        *_recognizers(plan),
        *_output(plan),
        *marker_sentences(plan),
        *spelling_sentences(plan),
        *_bucket(plan),
        *_erasures(plan),
        *_screen(plan),
    )


def not_looked_for_unasked(plan: Plan) -> tuple[str, ...]:
    """Return those of these sentences that no line of the policy causes."""
    return (
        *(_names(plan) if plan.policy.detect.ner != "off" else ()),
        *_scripts(plan),
        *_bytes(plan),
        *marker_sentences(plan),
        *spelling_sentences(plan),
        *_erasures(plan),
    )


def _erasures(plan: Plan) -> Iterator[str]:
    """Yield that people who were forgotten may be back; it is no detection, and as easily
    missed.
    """
    if plan.lost_erasures:
        yield (
            f"people whom entries of the log say to forget ({plan.lost_erasures}): a revoked key"
            " signed these (coatcheck history), so forget them again"
        )


def _bucket(plan: Plan) -> Iterator[str]:
    """Yield that the sink's bucket was not looked at; it is no detection, and as easily missed."""
    sink = plan.policy.sink
    if sink.bucket == "accept" and address_of(sink.path) is not None:
        what = "whether the bucket encrypts by default, keeps the public out, refuses plain http"
        yield f"{what} and keeps versions: the policy says sink: {{bucket: accept}}"


def _names(plan: Plan) -> Iterator[str]:
    if plan.names is not None:
        return
    if plan.policy.detect.ner == "off":
        yield (
            "names in text and in columns that rules leave open: the policy says detect: {ner: off}"
        )
    else:
        yield (
            "names in columns that rules leave open: no name model is here; add it:"
            f" {install_command('ner')}"
        )


def _scripts(plan: Plan) -> Iterator[str]:
    """Yield free-text and kept columns that have cells in scripts in which no model finds names."""
    if plan.names is not None and plan.names.choice != SHIPPED:
        return
    scanned = PathIndex(
        step.column
        for step in plan.steps
        if any(scanning_rules(step.rule))
        or any(isinstance(rule, KeepRule) for rule in rules_in_turn(step.rule))
    )
    for finding in plan.findings:
        if finding.unserved and scanned.covering(finding.column):
            scripts = ", ".join(f"{name} {count}" for name, count in finding.unserved)
            yield (
                f"names in {finding.unserved_cells} of the {finding.cells} cells of"
                f" '{finding.column}' looked at, largely in scripts or languages that no model here"
                f" reads ({scripts})"
            )


def _bytes(plan: Plan) -> Iterator[str]:
    """Yield kept columns of bytes: other encodings, archives and pictures are not opened."""
    kept = [
        str(step.column)
        for step in plan.steps
        if _is_bytes(value_type(step.input_type))
        and any(isinstance(rule, KeepRule) for rule in rules_in_turn(step.rule))
    ]
    if kept:
        more = f" and {len(kept) - SAID} more" * (len(kept) > SAID)
        named = ", ".join(f"'{name}'" for name in kept[:SAID])
        yield f"anything but UTF-8 text in {named}{more}, whose cells are bytes"


def _is_bytes(kind: pa.DataType) -> bool:
    is_ = pa.types
    return bool(
        is_.is_binary(kind)
        or is_.is_large_binary(kind)
        or is_.is_binary_view(kind)
        or is_.is_fixed_size_binary(kind)
    )


def _texts(plan: Plan) -> Iterator[str]:
    """Yield free-text columns that are scanned for less than everything."""
    for step in plan.steps:
        for rule in rules_in_turn(step.rule):
            if not isinstance(rule, FreeTextRule):
                continue
            if not rule.scan:
                yield (
                    f"anything but the row's own values in '{step.column}': its rule says scan:"
                    " false"
                )
            kept = [
                name
                for name in ("DEFAULT", PERSON)
                if isinstance(rule.entities.get(EntityType(name)), KeepRule)
            ]
            if kept and rule.scan:
                yield f"what is found in '{step.column}' as {' or '.join(kept)}: its rule keeps it"
            if rule.scan and rule.score_threshold > USUAL_THRESHOLD:
                sure = f"score_threshold: {rule.score_threshold}"
                yield (
                    f"what detection is less sure of in '{step.column}' than its rule asks: {sure}"
                )


def _recognizers(plan: Plan) -> Iterator[str]:
    """Yield the policy's own recognizers whose score is too low to count without a context word."""
    for spec in plan.policy.detect.recognizers:
        if spec.score < USUAL_THRESHOLD:
            weak = f"its score {spec.score} is below {USUAL_THRESHOLD}"
            yield (
                f"what the recognizer '{spec.name}' matches without a context word beside it:"
                f" {weak}"
            )


def _output(plan: Plan) -> Iterator[str]:
    """Yield what the scan of the output leaves out."""
    checks = plan.policy.checks
    if checks.residual == "off":
        yield "personal data left in the output: the policy says checks: {residual: off}"
        return
    if checks.residual == "report":
        yield (
            "what to refuse in the output: the policy says checks: {residual: report}, so findings"
            " are published"
        )
    sample = checks.residual_sample
    if sample != "all" and USUAL_SAMPLE != "all" and sample < USUAL_SAMPLE:
        said = f"checks: {{residual_sample: {sample}}}"
        yield f"the output beyond {sample} distinct values a column: the policy says {said}"
    accepted = [
        step.column
        for step in plan.steps
        if step.rule.accept is not None and not is_opaque(step.rule)
    ]
    if accepted:
        named = ", ".join(f"'{path}'" for path in accepted[:SAID]) + (
            f" and {len(accepted) - SAID} more" * (len(accepted) > SAID)
        )
        yield f"anything in the output of {named}: accepted by the policy"


def _screen(plan: Plan) -> Iterator[str]:
    """Yield what a screen for attacks on training left out, once it was made."""
    told = plan.screened.told if plan.screened else None
    if not told:
        return
    yield from (f"screen: {what}" for what in told["not_looked_at"])
    for check in told["checks"]:
        state = "" if check["made"] else "not made: "
        for what in check["not_looked_at"]:
            yield f"screen, {check['name']}: {state}{what}"

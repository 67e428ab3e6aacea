"""Where a policy does not keep its preset."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

from anonymize.errors import Problem
from anonymize.privacy.presets.interface import JudgedFinding, JudgedPolicy
from anonymize.privacy.presets.presets import Identifier, Measure, Preset, preset_of
from anonymize.privacy.presets.treatments import in_turn


def preset_problems(
    policy: JudgedPolicy, verdicts: Iterable[JudgedFinding], keys: Collection[str] = ()
) -> list[Problem]:
    """Return what a policy publishes against its preset; empty without a preset.

    Columns without a rule are not published. A rule judges its column and what is inside it.

    Args:
        policy: A policy, its patterns replaced by rules for columns.
        verdicts: Detection's findings.
        keys: Names of the keys that its rules derive values from.
    """
    if policy.preset is None:
        return []
    preset = preset_of(policy.preset.name)
    accepted = policy.preset.accept
    problems: list[Problem] = []
    for finding in verdicts:
        rule = _rule_for(policy, finding.column)
        if rule is None or finding.column in accepted or rule in accepted:
            continue
        broken = [one for one in _identifiers(preset, finding) if _breaks(policy, rule, one)]
        if broken:
            problems.append(_problem(policy, preset, finding, rule, broken))
    for measure in preset.measures:
        problems += _MEASURES[measure.name](policy, preset, measure, keys)
    for column in accepted:
        if _rule_for(policy, column) is None:
            what = f"'{column}' has no rule, so there is nothing to accept; remove it"
            problems.append(Problem(policy.place("preset.accept"), what))
    return problems


def _rule_for(policy: JudgedPolicy, column: str) -> str | None:
    """Return the name of the rule for a column: its own, or that of the nearest around it."""
    around = [
        str(name)
        for name in policy.columns
        if column == name or (column.startswith(name) and column[len(name)] in ".[")
    ]
    return max(around, key=len, default=None)


def _identifiers(preset: Preset, finding: JudgedFinding) -> Iterator[Identifier]:
    """Yield what the preset says of a column; of each treatment the first."""
    found = preset.of_verdict(str(finding.verdict))
    if finding.device:
        found += preset.of_verdict("DEVICE")
    yield from {one.treatment.asks: one for one in reversed(found)}.values()


def _breaks(policy: JudgedPolicy, rule: str, identifier: Identifier) -> bool:
    counted = policy.privacy.quasi_identifiers if policy.privacy is not None else ()
    if identifier.treatment.counted and rule in counted:
        return False
    return not all(map(identifier.treatment.by, in_turn(policy.columns[rule])))


def _problem(
    policy: JudgedPolicy,
    preset: Preset,
    finding: JudgedFinding,
    rule: str,
    broken: list[Identifier],
) -> Problem:
    asked = " and ".join(
        f"{one.treatment.asks}; it may be ({one.letter}) {one.what}" for one in broken
    )
    seen = "ids of devices or vehicles" if finding.device else finding.verdict
    what = (
        f"{policy.columns[rule].action}, but '{finding.column}' looks like {seen}, which under"
        f" {preset.name} must be {asked}. If that is wrong, say why under preset: accept:"
        f' {{{finding.column}: "the reason"}}'
    )
    return Problem(policy.place(f"columns.{rule}"), what)


Check = Callable[[JudgedPolicy, Preset, Measure, Collection[str]], list[Problem]]


def _k(
    policy: JudgedPolicy, preset: Preset, measure: Measure, keys: Collection[str]
) -> list[Problem]:
    least = int(measure.value.removeprefix("at least "))
    if policy.privacy is None:
        what = f"{preset.name} needs privacy: with quasi_identifiers and k of at least {least}"
        return [Problem(policy.place("preset"), f"{what}: {measure.why}")]
    if policy.privacy.k >= least:
        return []
    what = f"{policy.privacy.k} is below {least}, which {preset.name} needs: {measure.why}"
    return [Problem(policy.place("privacy.k"), what)]


def _subject(
    policy: JudgedPolicy, preset: Preset, measure: Measure, keys: Collection[str]
) -> list[Problem]:
    if policy.subject is not None:
        return []
    what = f"{preset.name} needs subject:, the column that says whose a row is: {measure.why}"
    return [Problem(policy.place("preset"), what)]


def _keys_apart(
    policy: JudgedPolicy, preset: Preset, measure: Measure, keys: Collection[str]
) -> list[Problem]:
    """Return the keys of files that values are derived from, too."""
    sink = getattr(policy, "sink", None)
    of_files = {"sink.key": getattr(sink, "key", None)}
    if getattr(sink, "restricted", None) is not None:
        of_files["sink.restricted.key"] = sink.restricted.key  # type: ignore[union-attr]
    return [
        Problem(
            policy.place(where),
            f"key '{key}' opens the files and makes pseudonyms or tokens; {preset.name} needs"
            f" another for one of them: {measure.why}",
        )
        for where, key in of_files.items()
        if key in keys
    ]


_MEASURES: Mapping[str, Check] = MappingProxyType(
    {"k": _k, "subject": _subject, "keys_apart": _keys_apart}
)

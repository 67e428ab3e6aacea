"""Compares a plan with what made the dataset's current version: source, types, purpose, rules,
models, files, keys.

A changed rule or key does not fail by itself: it gives rows with other pseudonyms or another
meaning. So a run compares, and stops if a difference was not accepted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from anonymize.custody.belonging import vault_problem
from anonymize.dataset import Dataset
from anonymize.dataset.manifest import Manifest
from anonymize.dataset.owner import open_facts
from anonymize.detect.interface import DIRECT_IDENTIFIERS
from anonymize.errors import DatasetError, GateError, KeysError, Problem, VaultError
from anonymize.io.sources.text_types import TYPE_NAMES, type_word
from anonymize.keys import Keyring
from anonymize.pipeline.current_version import require_current
from anonymize.pipeline.other_source import other_sources, source_facts
from anonymize.pipeline.promises import changed_in_block, promises_of, weaker
from anonymize.pipeline.source_types import source_types, types_before
from anonymize.plan import Plan
from anonymize.plan.free_texts import needs_names
from anonymize.policy import Policy
from anonymize.policy.actions import KeepRule, ShuffleRule, nested_rules

_MEANING = (
    "subject", "rows.where", "rows.on_bad_value", "privacy", "preset",
    "source.null_values", "source.encoding", "source.decimal", "source.thousands",
    "source.skip_footer", "source.rename", "source.sheet", "source.records", "source.member",
    "sink.key", "sink.restricted", "default_keys",
)  # fmt: skip
"""Parts of a policy, in addition to its rules and its purpose, that decide what published values
mean and who reads them.
"""
_OF_TEXT = (
    "detect.countries",
    "detect.languages",
    "detect.recognizers",
    "detect.allow",
    "detect.deny",
)
"""Further such parts, for policies with a rule that looks for names in text."""


@dataclass(frozen=True)
class Change:
    """One difference from the current version."""

    place: str
    """Place in the policy, for messages."""
    what: str
    """What it was, what it is now, and the consequence; no raw value."""
    stops: bool = True
    """True if a run stops unless the change is accepted."""

    def __str__(self) -> str:
        """Return place and difference."""
        return f"{self.place}: {self.what}" if self.place else self.what


@dataclass(frozen=True)
class Changes:
    """All differences between a plan and the current version."""

    version: int = 0
    """The current version; 0 if nothing is published yet."""
    found: tuple[Change, ...] = ()

    @property
    def stopping(self) -> tuple[Change, ...]:
        """Return the changes that must be accepted."""
        return tuple(change for change in self.found if change.stops)


def changes_since(plan: Plan, keyring: Keyring) -> Changes:
    """Return how ``plan`` differs from the plan that made the current version of its sink's
    dataset.

    Raises:
        DatasetError: the current version's manifest is missing or is not the one that was
            published. This is not a change of the policy or the source, and cannot be accepted.
    """
    dataset = Dataset(plan.policy.sink.path)
    try:
        require_current(plan.policy.sink.path, keyring)
        version = dataset.current
        if version is None:
            return Changes()
        last = dataset.manifest(version, keyring=keyring)
    except KeysError as error:
        return Changes(dataset.current or 0, (_untold(plan, error),))
    try:
        facts = open_facts(last, keyring)
    except (DatasetError, KeysError) as error:
        return Changes(version, (_untold(plan, error),))
    return Changes(version, tuple(_differences(plan, last, facts)))


def _untold(plan: Plan, error: DatasetError | KeysError) -> Change:
    said = error.problems[0].what if error.problems else "it is damaged"
    return Change(
        plan.policy.place("sink.path"),
        f"what the current version was made with cannot be told: {said}",
    )


def refuse_changes(plan: Plan, keyring: Keyring, accepted: bool) -> tuple[Change, ...]:
    """Return the changes that were accepted, by the caller or by the policy's ``accept_change:``.

    Raises:
        GateError: there are changes that were not accepted; each is listed.
        DatasetError: see `changes_since`.
    """
    changes, line = changes_since(plan, keyring), plan.policy.accept_change
    if accepted or (line is not None and line.version == changes.version):
        return changes.stopping
    if not changes.stopping:
        return ()
    advice = (
        "accept it for this run (run --accept-change), or in the policy:"
        f" {accept_line(changes.version)}"
    )
    listed = [Problem(change.place, change.what) for change in changes.stopping]
    what = (
        f"not as version {changes.version} was made, so nothing was published; if this is right,"
        f" {advice}"
    )
    raise GateError([*listed, Problem(plan.policy.place("accept_change"), what)])


def accept_line(version: int) -> str:
    """Return the line of a policy that accepts what changed since ``version``."""
    return f'accept_change: {{version: {version}, reason: "why"}}'


def facts_to_compare(plan: Plan) -> dict[str, Any]:
    """Return the facts that a later run compares with. They go into the part of the manifest that
    only the owner can open.
    """
    policy = plan.policy
    return {
        "rules": {
            str(path): _digest(_rule(rule.model_dump(mode="json")))
            for path, rule in policy.columns.items()
        },
        "meaning": {name: _digest(_part(policy, name)) for name in _parts(policy)},
        "types": source_types(plan),
        "reads": source_facts(policy.source),
        "promises": promises_of(policy),
    }


def _parts(policy: Policy) -> tuple[str, ...]:
    return (*_MEANING, *_OF_TEXT) if needs_names(policy) else _MEANING


def _part(policy: Policy, name: str) -> Any:
    value: Any = policy.model_dump(mode="json")
    for key in name.split("."):
        value = value[key]
    if name == "privacy" and value:  # what is compared changes nothing that is published
        value = {key: said for key, said in value.items() if "against" not in key}
    return value


def _rule(said: Any) -> Any:
    """Return a rule without its ``accept`` reasons, which do not change the output."""
    if isinstance(said, Mapping):
        return {key: _rule(value) for key, value in said.items() if key != "accept"}
    return [_rule(value) for value in said] if isinstance(said, list) else said


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _differences(plan: Plan, last: Manifest, facts: Mapping[str, Any]) -> Iterator[Change]:
    policy, now = plan.policy, facts_to_compare(plan)
    if last.purpose != policy.purpose:
        what = (
            "is another than the last version's: what no domain: names gets other pseudonyms and"
            " joins nothing of it"
        )
        yield Change(policy.place("purpose"), what)
    for name, what in other_sources(facts, policy.source):
        yield Change(policy.place(name), what)
    yield from _types_changed(plan, facts, now["types"])
    yield from _verdicts_changed(plan, facts)
    yield from _rules_changed(plan, facts, now)
    yield from _made_with_others(plan, last)
    if facts.get("policy_sha256") != policy.digest():
        yield Change("", f"the policy is not the one that made version {last.version}", stops=False)


def _types_changed(
    plan: Plan, facts: Mapping[str, Any], now: Mapping[str, str]
) -> Iterator[Change]:
    before = types_before(facts)
    for path, kind in now.items():
        if before.get(path) not in (None, kind):
            name = path.split(".")[0].split("[")[0]
            was = type_word(before[path])
            said = was if name == path and was in TYPE_NAMES else "…"
            advice = f"if the source is right as it was, say types: {{{name}: {said}}} in source:"
            if type_word(kind) == "string" and was in TYPE_NAMES and name == path:
                advice = (
                    f"some of its cells are none: with types: {{{name}: {was}}} in source: the run"
                    f" tells their rows; mend them, or say types: {{{name}: string}} and accept"
                    " the change"
                )
            what = f"was {was} in the source, is {type_word(kind)} now; {advice}"
            yield Change(plan.policy.place(f"columns.{path}"), what)


def _verdicts_changed(plan: Plan, facts: Mapping[str, Any]) -> Iterator[Change]:
    """Yield columns that are published unchanged, hold a direct identifier now and did not at the
    last version. ``accept`` reasons do not count: they were given for other data.
    """
    before = {
        path: counts.get("source_verdict") for path, counts in facts.get("columns", {}).items()
    }
    steps = {step.column: step for step in plan.steps}
    for finding in plan.findings:
        then, step = before.get(str(finding.column)), steps.get(finding.column)
        if (
            step is None
            or then is None
            or then in DIRECT_IDENTIFIERS
            or finding.verdict not in DIRECT_IDENTIFIERS
        ):
            continue
        if any(isinstance(rule, KeepRule | ShuffleRule) for rule in nested_rules(step.rule)):
            what = (
                f"looked like {then} and looks like {finding.verdict} now, and is published as"
                " it is"
            )
            yield Change(plan.policy.place(f"columns.{finding.column}"), what)


def _rules_changed(
    plan: Plan, facts: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[Change]:
    """Yield rules and other parts of the policy that changed. New rules do not count, because they
    change nothing that was published before.
    """
    policy, rules = plan.policy, facts.get("rules", {})
    for path, digest in now["rules"].items():
        if rules.get(path, digest) != digest:
            what = (
                "the rule is another: values come out different, and no longer join the last"
                " version's"
            )
            yield Change(policy.place(f"columns.{path}"), what)
    for path in sorted(set(rules) - set(now["rules"])):
        yield Change(policy.place("columns"), f"'{path}' had a rule and has none now", stops=False)
    meaning, promised = facts.get("meaning", {}), facts.get("promises", {})
    less = list(weaker(promised, policy))
    for one in less:
        yield Change(policy.place(one.place), one.what, stops=one.stops)
    for name, digest in now["meaning"].items():
        if meaning.get(name, digest) != digest and name not in {one.place for one in less}:
            stricter = (name == "rows.on_bad_value" and policy.rows.on_bad_value == "refuse") or (
                name == "preset"
            )
            what = "says something else than for the last version"
            if name == "privacy" and (parts := changed_in_block(promised, policy)):
                what = f"{what}: {parts}"
            yield Change(policy.place(name), what, stops=not stricter)


def _made_with_others(plan: Plan, last: Manifest) -> Iterator[Change]:
    """Yield models, files and lists with another digest, and key versions that differ. Key versions
    stop nothing: a key is rotated on purpose.
    """
    for name, digest in plan.pins.items():
        if last.software.get(name, digest) != digest:
            yield Change(
                "",
                f"{name} is not what made the last version: values that come from it will differ",
            )
    yield from _vault_changed(plan, last)
    model = str(plan.names or "none").partition(", run by")[0]
    before = last.software.get("name model", "none").partition(", run by")[0]
    if needs_names(plan.policy) and model != before:
        what = (
            f"names in text are found by {model}, and were by {before}: other names may be found"
            " and left"
        )
        yield Change(plan.policy.place("detect.ner"), what)
    keys = {key_id.rpartition(".")[0]: key_id for key_id in last.keys}
    for name, key_id in plan.pinned.items():
        if keys.get(name, key_id) != key_id:
            made = f"{key_id} makes the next version, {keys[name]} made the last"
            yield Change("", f"{made}: values derived from '{name}' will not join it", stops=False)


def _vault_changed(plan: Plan, last: Manifest) -> Iterator[Change]:
    """Yield a change if the vault is not the last version's. Vaults are compared by id, so a vault
    that was moved is no change.
    """
    if plan.vault_place is None or not last.vault:
        return
    try:
        what = vault_problem(plan.vault_place, last.vault, last.version)
    except VaultError as error:
        what = (
            "whether the token vault is the last version's cannot be told:"
            f" {error.problems[0].what}"
        )
    if what:
        yield Change(plan.policy.place("vault"), what)

"""Compiles policy, schema, findings and keys into a plan; refuses all that can be refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.arrow.plain_layouts import plain_schema
from anonymize.detect.interface import Finding
from anonymize.detect.name_models.choose import NameModel, find_name_model
from anonymize.errors import ArgumentError, KeysError, MissingExtraError, PlanError, Problem
from anonymize.keys import Keyring
from anonymize.names import ColumnName, KeyId, KeyName
from anonymize.nested.json_text import can_be_written, is_text
from anonymize.nested.open_close import Leaf, encloses, is_list, output_fields
from anonymize.nested.path_index import PathIndex
from anonymize.nested.places import Places, listed
from anonymize.plan.accepting_actions import takers_of
from anonymize.plan.bind.build import build
from anonymize.plan.bind.filters import condition_problem, conditions
from anonymize.plan.bind.hierarchies import pinned_hierarchies
from anonymize.plan.bind.pinned_pools import pinned_pools
from anonymize.plan.bind.rule_context import planning_context
from anonymize.plan.checks import MissingKey, plan_problems
from anonymize.plan.compiled import CompiledPlan
from anonymize.plan.contract import contract_mistakes, schema_drift
from anonymize.plan.free_texts import needs_names
from anonymize.plan.keys_and_vault import first_pass_key, place_of_vault
from anonymize.plan.layout import layout_problems
from anonymize.plan.model import Step
from anonymize.plan.patterns import with_rules_for
from anonymize.plan.recoding.ways import published_types
from anonymize.policy import Policy, Rule, as_policy
from anonymize.policy.actions import GeneralizeRule, columns_of, keys_of, nested_rules
from anonymize.transform.columns import is_scalar, value_type
from anonymize.transform.interface import UnsupportedTypeError, is_function_of_row
from anonymize.transform.numbers import check_numbers

_NONE = "is not there, and rows are published by it; aggregate and synthesize go without"


@checked
def compile_plan(
    policy: Policy | str | PathLike[str],
    schema: pa.Schema,
    findings: Sequence[Finding],
    *,
    key_ids: Mapping[KeyName, KeyId] | None = None,
    keyring: Keyring | str | None = None,
) -> CompiledPlan:
    """Return the plan of ``policy`` for data of ``schema``.

    Args:
        policy: What the data owner asked for, or the path of its file.
        schema: The source's schema. Extension types are taken as their storage; metadata is left
            behind.
        findings: What detection saw of all of the source, from ``findings_for``; a direct
            identifier under ``keep`` is refused unless the rule says ``accept``. Required: without
            findings nothing would be refused.
        key_ids: Current version of every key; by default those of ``keyring``, where one is given
            that is open.
        keyring: Where each process that applies the plan opens its keys: a URI, or a keyring that
            is open, of which the plan keeps the URI alone. Without ``key_ids`` and an open keyring
            the keys are left unchecked (a dry look).

    Raises:
        PlanError: the parts do not fit; every problem is listed, each with its place in the policy.
        KeysError: the only problem is that the keyring lacks keys.
    """
    policy = as_policy(policy)
    place = keyring.place if isinstance(keyring, Keyring) else keyring
    if key_ids is None and isinstance(keyring, Keyring):
        key_ids = keyring.current_ids()
    policy, of_patterns = with_rules_for(policy, schema)
    builder = _Builder(policy, schema, tuple(findings), key_ids)
    builder.problems += of_patterns
    steps, names = builder.steps(), builder.names()
    problems = [*builder.problems, *builder.checks(steps)]
    if not problems and all(step.rule.action == "drop" for step in steps):
        what = "every rule drops, so nothing would be left; keep a column"
        problems = [Problem(policy.place("columns"), what if policy.written_columns else _NONE)]
    outputs = published_types(policy, steps)
    output_schema = pa.schema([] if problems else output_fields(builder.schema, outputs))
    problems += layout_problems(policy, output_schema)
    if problems:
        raise (
            KeysError if all(isinstance(problem, MissingKey) for problem in problems) else PlanError
        )(problems)
    return CompiledPlan(
        policy=policy,
        input_schema=builder.schema,
        steps=tuple(step for step in steps if step.rule.action != "drop"),
        output_schema=output_schema,
        dropped=builder.dropped(outputs),
        findings=tuple(findings),
        keyring_uri=place,
        names=names,
        facts_key=first_pass_key(policy, steps, key_ids, place),
        vault_place=place_of_vault(policy, place),
        hierarchies=pinned_hierarchies(policy),
        pools=pinned_pools(policy),
    )


@dataclass
class _Builder:
    """Collects the steps and problems of one compilation."""

    policy: Policy
    schema: pa.Schema
    findings: tuple[Finding, ...]
    key_ids: Mapping[KeyName, KeyId] | None

    def __post_init__(self) -> None:
        """Index the schema's places by path."""
        self.schema = plain_schema(self.schema)
        self.problems: list[Problem] = []
        self.places = Places(self.schema)
        for path in self.places.twice:
            self._add("", f"column {path}: two places of the source have this path; rename one")

    def _add(self, path: str, what: str) -> None:
        place = self.policy.place(path) if path else self.policy.source.path
        self.problems.append(Problem(place, what))

    def names(self) -> NameModel | None:
        """Return the name model, or record a problem if it is not on this machine.

        The default model's libraries may be missing if no rule promises to find names; the plan
        then states this.
        """
        detect = self.policy.detect
        try:
            return find_name_model(detect.ner)
        except ArgumentError as error:
            self._add("detect.ner", error.problems[0].what)
        except MissingExtraError as error:
            if needs_names(self.policy) or "ner" in detect.model_fields_set:
                self._add(
                    "detect.ner",
                    f"{error.problems[0].what}; or leave names in: detect: {{ner: off}}",
                )
        return None

    def steps(self) -> list[Step]:
        """Return the steps of all rules that are possible, in an order in which each follows those
        it reads.
        """
        made = {}
        for path, rule in self.policy.columns.items():
            leaf = self._leaf(path, f"columns.{path}")
            step = leaf and self._step(leaf, rule)
            if step:
                made[path] = step
        self._check_overlaps(made)
        return list(self._ordered(made))

    def _leaf(self, path: ColumnName, where: str) -> Leaf | None:
        """Return the place that a rule names, or record why there is none."""
        leaf = self.places.find(path)
        if leaf is None:
            self._add(where, self.places.why_not(path))
        return leaf

    def _step(self, leaf: Leaf, rule: Rule) -> Step | None:
        """Return the step of one rule, or record why it is not possible."""
        where = f"columns.{leaf.path}"
        if leaf.path in self.places.inner and not _takes_whole(rule, leaf.type):
            inside = listed(self.places.inside(leaf.path))
            self._add(where, f"is {_kind_word(leaf.type)}; name what is inside: {inside}")
            return None
        try:
            transform = build(
                rule,
                leaf.path,
                leaf.type,
                planning_context(self.policy.columns, self.policy.subject),
            )
            output_type = leaf.type if transform is None else transform.output_type(leaf.type)
        except UnsupportedTypeError as error:
            another: dict[str, str] = {rule.action: f"{rule.action} (another form of it)"}
            can = ", ".join(another.get(name, name) for name in takers_of(leaf.type))
            bytes_ = is_bytes(leaf.type) and leaf.path in self.schema.names
            hint = (
                f"; for text kept as bytes say types: {{{leaf.path}: string}} in source:"
                if bytes_
                else ""
            )
            self._add(where, f"{rule.action} {error}; actions that take {leaf.type}: {can}{hint}")
            return None
        except ValueError as error:
            self._add(where, str(error))
            return None
        if self.places.in_documents(leaf.path) and not can_be_written(output_type):
            self._add(
                where,
                f"{rule.action} gives {output_type}, which JSON has no form for; it takes single"
                " values",
            )
            return None
        return Step(
            column=leaf.path,
            rule=rule,
            input_type=leaf.type,
            output_type=output_type,
            level=leaf.level,
            reads=self._reads(leaf, rule, where, getattr(transform, "reads", ())),
            key_ids=self._key_ids(rule, where),
            fits=hasattr(transform, "measure"),
            function_of_row=is_function_of_row(transform),
        )

    def _reads(
        self, leaf: Leaf, rule: Rule, where: str, also: Iterable[ColumnName] = ()
    ) -> tuple[ColumnName, ...]:
        """Return the columns that a rule reads, after checking that each exists and can be aligned
        and compared.
        """
        reads = []
        for name in sorted({*columns_of(rule), *also}):
            other = self._leaf(ColumnName(name), where)
            if other and not encloses(other.level, leaf.level):
                self._add(
                    where,
                    f"'{name}' is inside a list of its own, so it has no one value beside"
                    f" '{leaf.path}'",
                )
            elif other:
                self._check_read(other, rule, where)
                reads.append(other.path)
        for inner in nested_rules(rule):
            for condition in conditions(inner.when or ()):
                kind = self.places.find(ColumnName(condition[0]))
                problem = condition_problem(condition, kind.type) if kind else None
                if problem:
                    self._add(f"{where}.when", problem)
        if self.policy.subject and getattr(rule, "reads_subject", False):
            subject = self.places.find(self.policy.subject)
            if subject:
                self._check_read(subject, rule, "subject")
            reads.append(self.policy.subject)
        return tuple(dict.fromkeys(reads))

    def _check_read(self, other: Leaf, rule: Rule, where: str) -> None:
        """Record a column that a rule reads but cannot use."""
        if not is_scalar(value_type(other.type)):
            self._add(where, f"'{other.path}' is {other.type}, which has no one text form per row")
        elif any(
            isinstance(inner, GeneralizeRule) and inner.latitude == other.path
            for inner in nested_rules(rule)
        ):
            try:
                check_numbers(other.type)
            except UnsupportedTypeError as error:
                self._add(where, f"latitude: '{other.path}' {error}")

    def _key_ids(self, rule: Rule, where: str) -> tuple[KeyId, ...]:
        """Return the key versions that a rule derives from; record those that the keyring lacks."""
        names = sorted(keys_of(rule, self.policy.default_keys.by_role()))
        if self.key_ids is None:
            return tuple(KeyId(f"{name}.0") for name in names)
        for name in names:
            if name not in self.key_ids:
                what = f"key '{name}' is not in the keyring; it holds {listed(self.key_ids)}"
                self.problems.append(MissingKey(self.policy.place(where), what))
        return tuple(self.key_ids[name] for name in names if name in self.key_ids)

    def _check_overlaps(self, steps: Mapping[ColumnName, Step]) -> None:
        """Record rules for a place inside another rule's place."""
        index = PathIndex(steps)
        for outer in steps:
            for path in index.inside(outer):
                if outer in self.places.inner or path in self.places.unseen:
                    self._add(
                        f"columns.{path}",
                        f"lies inside '{outer}', which has a rule of its own; keep one",
                    )

    def _ordered(self, steps: Mapping[ColumnName, Step]) -> Iterator[Step]:
        """Yield every step after those it reads; record a cycle."""
        waiting, done = dict(steps), set[ColumnName]()
        while waiting:
            ready = [
                path
                for path, step in waiting.items()
                if not (set(step.reads) & waiting.keys()) - {path}
            ]
            if not ready:
                self._add("columns", f"{listed(waiting)} read each other; break the circle")
                return
            for path in ready:
                yield waiting.pop(path)
            done.update(ready)

    def dropped(self, outputs: Mapping[ColumnName, pa.DataType]) -> tuple[ColumnName, ...]:
        """Return the leaves that are in no output column; ``payload.$`` stands for places in its
        documents without a rule.
        """
        index = PathIndex(outputs)
        opened = {
            path: index.has_inside(path) for path in self.places.leaves if not index.covering(path)
        }
        rest = self.policy.unlisted == "drop"
        return tuple(
            ColumnName(f"{path}.$") if is_open else path
            for path, is_open in opened.items()
            if rest or not is_open
        )

    def checks(self, steps: Sequence[Step]) -> Iterator[Problem]:
        """Yield the problems between rules and the rest of the policy."""
        rules = {step.column: step for step in steps}
        yield from schema_drift(self.policy, self.schema)
        yield from contract_mistakes(self.policy, self.schema)
        yield from plan_problems(
            self.policy, rules, self.places, self.schema.names, self.findings, self.key_ids
        )


_WHOLE = frozenset({"keep", "drop", "redact", "null", "constant", "shuffle", "custom"})
"""Actions that accept a struct, list or map as one value; a custom action declares this itself."""


def _takes_whole(rule: Rule, kind: pa.DataType) -> bool:
    """Return True if a rule may name a nested place as a whole; free_text may if it is a list of
    text.
    """
    return rule.action in _WHOLE or (
        rule.action == "free_text" and is_list(kind) and is_text(kind.value_type)
    )


def _kind_word(kind: pa.DataType) -> str:
    return (
        "a struct" if pa.types.is_struct(kind) else "a map" if pa.types.is_map(kind) else "a list"
    )


def is_bytes(kind: pa.DataType) -> bool:
    """Return True if ``kind`` holds bytes, which may be text that the file does not declare as
    text.
    """
    is_ = pa.types
    return bool(is_.is_binary(kind) or is_.is_large_binary(kind) or is_.is_fixed_size_binary(kind))

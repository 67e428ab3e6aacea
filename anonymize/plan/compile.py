"""Policy, schema, findings and key names into a plan; every refusal happens here, before row one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from anonymize.detect.interface import Finding
from anonymize.detect.name_model import NameModel, find_name_model
from anonymize.errors import ArgumentError, KeysError, MissingExtraError, PlanError, Problem
from anonymize.names import ColumnName, KeyId, KeyName
from anonymize.plan.build import build
from anonymize.plan.checks import MissingKey
from anonymize.plan.filters import condition_problem, conditions
from anonymize.plan.model import Plan, Step
from anonymize.plan.nested import Leaf, encloses, nodes, output_fields
from anonymize.plan.registry import planning_context
from anonymize.plan.takers import takers_of
from anonymize.policy import Policy, Rule
from anonymize.policy.actions import columns_of, keys_of, nested_rules
from anonymize.transform.interface import UnsupportedTypeError


def compile_plan(
    policy: Policy,
    schema: pa.Schema,
    findings: Sequence[Finding] = (),
    *,
    key_ids: Mapping[KeyName, KeyId] | None = None,
    keyring_uri: str | None = None,
) -> Plan:
    """Return the plan of ``policy`` for data of ``schema``.

    Args:
        policy: What the data owner asked for.
        schema: The source's schema.
        findings: What detection saw; a direct identifier under ``keep`` is refused unless the rule says ``accept``.
        key_ids: Current version of every key in the keyring; None leaves keys unchecked (a dry look without a keyring).
        keyring_uri: Where each process that applies the plan opens its keys.

    Raises:
        PlanError: the parts do not fit; every problem is listed, each with its place in the policy.
        KeysError: all that is wrong is that the keyring lacks keys.
    """
    builder = _Builder(policy, schema, tuple(findings), key_ids)
    steps, names = builder.steps(), builder.names()
    problems = [*builder.problems, *builder.checks(steps)]
    if problems:
        raise (KeysError if all(isinstance(problem, MissingKey) for problem in problems) else PlanError)(problems)
    outputs = {step.column: step.output_type for step in steps if step.rule.action != "drop"}
    return Plan(
        policy=policy,
        input_schema=schema,
        steps=tuple(step for step in steps if step.rule.action != "drop"),
        output_schema=pa.schema(output_fields(schema, outputs)),
        dropped=builder.dropped(outputs),
        findings=tuple(findings),
        keyring_uri=keyring_uri,
        names=names,
    )


@dataclass
class _Builder:
    """Collects steps and problems of one compilation."""

    policy: Policy
    schema: pa.Schema
    findings: tuple[Finding, ...]
    key_ids: Mapping[KeyName, KeyId] | None

    def __post_init__(self) -> None:
        """Index the schema's places by path."""
        self.problems: list[Problem] = []
        self.places: dict[ColumnName, Leaf] = {}
        self.inner: set[ColumnName] = set()
        for has_inside, leaf in nodes(self.schema):
            if leaf.path in self.places:
                self._add("", f"column {leaf.path}: two places of the source have this path; rename one")
            self.places[leaf.path] = leaf
            if has_inside:
                self.inner.add(leaf.path)

    def _add(self, path: str, what: str) -> None:
        place = self.policy.place(path) if path else self.policy.source.path
        self.problems.append(Problem(place, what))

    def names(self) -> NameModel | None:
        """Return the model that finds names, or note that it is not here."""
        try:
            return find_name_model(self.policy.detect.ner)
        except (ArgumentError, MissingExtraError) as error:
            self._add("detect.ner", error.problems[0].what)
            return None

    def steps(self) -> list[Step]:
        """Return the steps of all rules that can be done, in an order that respects what they read."""
        made = {}
        for path, rule in self.policy.columns.items():
            leaf = self._leaf(path, f"columns.{path}")
            step = leaf and self._step(leaf, rule)
            if step:
                made[path] = step
        self._check_overlaps(made)
        return list(self._ordered(made))

    def _leaf(self, path: ColumnName, where: str) -> Leaf | None:
        """Return the place a rule names, or note that it is absent, with the nearest name."""
        if path in self.places:
            return self.places[path]
        near = difflib.get_close_matches(path, list(self.places), n=1)
        hint = f"did you mean '{near[0]}'" if near else f"it has {_listed(self.schema.names)}"
        self._add(where, f"the source has no such column; {hint}")
        return None

    def _step(self, leaf: Leaf, rule: Rule) -> Step | None:
        """Return the step of one rule, or note why it cannot be done."""
        where = f"columns.{leaf.path}"
        if leaf.path in self.inner and rule.action not in ("keep", "drop", "redact"):
            inside = [path for path in self.places if path.startswith((leaf.path + ".", leaf.path + "["))]
            self._add(where, f"is {_kind_word(leaf.type)}; name what is inside: {_listed(inside)}")
            return None
        try:
            transform = build(rule, leaf.path, leaf.type, planning_context(self.policy.columns, self.policy.subject))
            output_type = leaf.type if transform is None else transform.output_type(leaf.type)
        except UnsupportedTypeError as error:
            can = ", ".join(takers_of(leaf.type))
            self._add(where, f"{rule.action} {error}; actions that take {leaf.type}: {can}")
            return None
        except ValueError as error:
            self._add(where, str(error))
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
        )

    def _reads(self, leaf: Leaf, rule: Rule, where: str, also: Iterable[ColumnName] = ()) -> tuple[ColumnName, ...]:
        """Return the columns a rule looks at, each checked to be there, alignable and comparable."""
        reads = []
        for name in sorted({*columns_of(rule), *also}):
            other = self._leaf(ColumnName(name), where)
            if other and not encloses(other.level, leaf.level):
                self._add(where, f"'{name}' is inside a list of its own, so it has no one value beside '{leaf.path}'")
            elif other:
                reads.append(other.path)
        for inner in nested_rules(rule):
            for condition in conditions(inner.when or ()):
                kind = self.places.get(ColumnName(condition[0]))
                problem = condition_problem(condition, kind.type) if kind else None
                if problem:
                    self._add(f"{where}.when", problem)
        if self.policy.subject and getattr(rule, "reads_subject", False):
            reads.append(self.policy.subject)
        return tuple(dict.fromkeys(reads))

    def _key_ids(self, rule: Rule, where: str) -> tuple[KeyId, ...]:
        """Return the versions of the keys that a rule derives from; note those the keyring lacks."""
        names = sorted(keys_of(rule, self.policy.default_keys.by_role()))
        if self.key_ids is None:
            return tuple(KeyId(f"{name}.0") for name in names)
        for name in names:
            if name not in self.key_ids:
                what = f"key '{name}' is not in the keyring; it holds {_listed(self.key_ids)}"
                self.problems.append(MissingKey(self.policy.place(where), what))
        return tuple(self.key_ids[name] for name in names if name in self.key_ids)

    def _check_overlaps(self, steps: Mapping[ColumnName, Step]) -> None:
        """Note rules for a place inside another rule's place."""
        for outer in steps:
            if outer in self.inner:
                for path in steps:
                    if path.startswith((outer + ".", outer + "[")):
                        self._add(f"columns.{path}", f"lies inside '{outer}', which has a rule of its own; keep one")

    def _ordered(self, steps: Mapping[ColumnName, Step]) -> Iterator[Step]:
        """Yield every step after those it reads; note a circle."""
        waiting, done = dict(steps), set[ColumnName]()
        while waiting:
            ready = [path for path, step in waiting.items() if not (set(step.reads) & waiting.keys()) - {path}]
            if not ready:
                self._add("columns", f"{_listed(waiting)} read each other; break the circle")
                return
            for path in ready:
                yield waiting.pop(path)
            done.update(ready)

    def dropped(self, outputs: Mapping[ColumnName, pa.DataType]) -> tuple[ColumnName, ...]:
        """Return the leaves that no output holds."""
        return tuple(path for path in self._leaf_paths() if not _covered(path, outputs))

    def _leaf_paths(self) -> Iterator[ColumnName]:
        return (path for path in self.places if path not in self.inner)

    def checks(self, steps: Sequence[Step]) -> Iterable[Problem]:
        """Return the problems between rules and the rest of the policy."""
        from anonymize.plan.checks import plan_problems

        rules = {step.column: step for step in steps}
        return plan_problems(
            self.policy, rules, self.places, list(self._leaf_paths()), self.schema.names, self.findings, self.key_ids
        )


def _covered(path: ColumnName, rules: Iterable[ColumnName]) -> bool:
    """Return whether a rule names ``path`` or a place around it."""
    return any(path == rule or path.startswith((rule + ".", rule + "[")) for rule in rules)


def _listed(names: Iterable[str], most: int = 12) -> str:
    """Return the names as a message shows them."""
    listed = list(names)
    rest = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {rest} more" if rest > 0 else "") if listed else "nothing"


def _kind_word(kind: pa.DataType) -> str:
    return "a struct" if pa.types.is_struct(kind) else "a list"

"""Has a run leave out people who were forgotten, and an incremental one do again what held them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from anonymize.dataset import Dataset
from anonymize.dataset.forgotten import absent_in, forgotten_in, lost_in
from anonymize.dataset.owner import open_facts
from anonymize.dataset.reader import read_role
from anonymize.dataset.sink import sink_of
from anonymize.dataset.subjects import ROLE
from anonymize.errors import PlanError
from anonymize.io.sources.text_types import type_word
from anonymize.keys import Keyring
from anonymize.pipeline.source_types import source_types, types_before
from anonymize.plan import Plan
from anonymize.transform.subject_ids import ForgottenIds, holds_any, subject_key


def with_forgotten(plan: Plan, keyring: Keyring, dataset: Dataset | None = None) -> Plan:
    """Return the plan with the ids of all people whom the signed log of its dataset says to leave
    out.

    Raises:
        PlanError: the policy no longer says whose a row is, or says it by another column, so that
            their rows could not be told.
        KeysError: the keyring lacks a version of the owner's key that made their ids.
        DatasetError: the log is damaged.
    """
    policy = plan.policy
    if policy.indexed_by is not None and policy.subject not in plan.input_schema.names:
        what = (
            "erasure.index needs a column of the source that says whose a row is, and this is a"
            " place inside one: leave erasure out, or give the source such a column"
        )
        raise PlanError(what, place=policy.place("subject"))
    opened = dataset or sink_of(policy)
    if not opened.folders() and opened.audit.head() is None:
        return plan
    entries = opened.audit.entries(keyring)
    forgotten = forgotten_in(entries)
    plan = replace(plan, lost_erasures=lost_in(entries))
    if not forgotten:
        return plan
    columns = sorted({str(said["column"]) for entry in entries if (said := absent_in(entry))})
    if columns != [policy.subject]:
        what = (
            f"people were forgotten by {', '.join(columns)}, and the policy has"
            f" {f'subject: {policy.subject}' if policy.subject else 'no subject:'}; they would come"
            " back. Name that column, or publish into a new folder from a source without them"
        )
        raise PlanError(what, place=policy.place("subject"))
    for group in forgotten:
        subject_key(keyring, group.key, policy.dataset)
    _refuse_other_type(plan, keyring, opened)
    return replace(plan, forgotten=forgotten)


def _refuse_other_type(plan: Plan, keyring: Keyring, dataset: Dataset) -> None:
    """Refuse a subject column of another type than the current version's, accepted or not: a number
    and a text spell one person in two ways (7.1 and 7.10), and who was forgotten would come back.

    Raises:
        PlanError: it has.
    """
    subject, current = plan.policy.subject, dataset.current
    if subject is None or current is None:
        return
    facts = open_facts(dataset.manifest(current, keyring=keyring), keyring)
    was, now = types_before(facts).get(subject), source_types(plan).get(subject)
    if was is None or now is None or was == now:
        return
    if str(was).lstrip("u").startswith("int") and now in ("string", "large_string"):
        return  # whole numbers are spelled alike
    said = f"types: {{{subject}: {type_word(was)}}}"
    what = (
        f"people were forgotten by it as {type_word(was)}, and it is {type_word(now)} now: they"
        f" would come back. Say {said} in source:, or publish into a new folder from a source"
        " without them"
    )
    raise PlanError(what, place=plan.policy.place("subject"))


def refuse_forgotten_since(plan: Plan, keyring: Keyring) -> None:
    """Refuse to publish what was made by a plan that does not leave out everybody whom the log says
    to.

    Raises:
        PlanError: somebody was forgotten since, or the plan was made without looking.
    """
    if with_forgotten(replace(plan, forgotten=()), keyring).forgotten != plan.forgotten:
        what = "somebody was forgotten since this plan was made, or it was made without a keyring"
        raise PlanError(f"{what}; nothing was published: run it again", place="audit log")


def parts_holding(
    dataset: Dataset, version: int, keyring: Keyring, forgotten: Sequence[ForgottenIds]
) -> frozenset[str] | None:
    """Return the names of a version's parts with rows of people who were forgotten since it was
    made; None if it cannot be told, because it has no index, or one by another key.

    Raises:
        DatasetError, KeysError: the index is not as signed, or does not open.
    """
    made = dataset.manifest(version, keyring=keyring)
    known = set(open_facts(made, keyring).get("left_out", ()))
    new = [replace(group, ids=group.ids - known) for group in forgotten if group.ids - known]
    if not new:
        return frozenset()
    if any(group.key != made.owner.key for group in new):
        return None
    data = {entry.path for entry in made.data_files()}
    found, indexed = set[str](), set[str]()
    for entry in made.files:
        if entry.role == ROLE:
            name = entry.path.rpartition("/")[2]
            indexed.add(name)
            if any(_holds(dataset, version, keyring, entry.path, new)):
                found.add(name)
    return frozenset(found) if indexed == data else None


def _holds(
    dataset: Dataset,
    version: int,
    keyring: Keyring,
    path: str,
    forgotten: Sequence[ForgottenIds],
) -> Iterator[bool]:
    for batch in read_role(dataset, version, keyring, ROLE, path):
        halves = (batch[name].to_numpy(zero_copy_only=False) for name in ("high", "low"))
        digests = np.stack(list(halves), axis=1)
        for group in forgotten:
            yield bool(holds_any(digests, group.ids).any())

"""The runbook for a key that somebody has who should not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from anonymize.custody.incident.common import (
    file_keys,
    keep_newest,
    numbers,
    publish_again,
    share_again,
    verify_all,
)
from anonymize.custody.incident.steps import Incident, OnDisk, Scene, Step
from anonymize.custody.where_is import where_is_key
from anonymize.dataset import Dataset
from anonymize.errors import ArgumentError
from anonymize.keys import OWNER, SIGNING, KeyVersion
from anonymize.keys.keyring.store import is_time

_ONE_WAY = ("pseudonymize", "fake", "shift_dates", "shuffle")
_REVERSIBLE = ("tokenize", "encrypt_format")
_WORD = re.compile(r"[a-z_]+")


def leaked_key(what: str, scene: Scene, since: str | None) -> Incident:
    """Return the runbook for ``what``, a key's name or one version of it.

    Raises:
        ArgumentError: the keyring has no such key, or it is a signing key and ``since`` is missing
            or is no time.
    """
    versions = [
        entry
        for entry in scene.keyring.entries()
        if what in (str(entry.name), str(entry.id)) and entry.state != "destroyed"
    ]
    if not versions:
        raise ArgumentError(_unknown(scene), place=what)
    name, told = versions[0].name, " and ".join(str(entry.id) for entry in versions)
    about = f"{told} leaked"
    if name == SIGNING:
        steps = _signing(versions, scene, since)
    elif name == OWNER:
        steps = _owner(scene, about)
    else:
        steps = _encrypting(versions, scene, about)
    return Incident(about, tuple(_holds(what, scene)), (*_seen(what, scene), *steps))


def _unknown(scene: Scene) -> str:
    held = ", ".join(str(entry.id) for entry in scene.keyring.entries())
    return (
        "is no key of the keyring that could leak (a destroyed one opens nothing), no version's"
        f" number, and not vault; the keyring has {held}"
    )


def _holds(what: str, scene: Scene) -> Iterator[str]:
    """Yield which versions the key has to do with, by dataset."""
    result = where_is_key(what, scene.datasets, scene.keyring)
    for dataset in scene.datasets:
        by_how = dict[str, list[int]]()
        for one in result.found:
            if one.dataset == dataset:
                for how in one.how:
                    by_how.setdefault(how, []).append(one.version)
        for how, found in by_how.items():
            yield f"{dataset} {numbers(found)}: {how}"
    for lost in result.untold:
        yield f"{lost.dataset} version {lost.version}: cannot be told: {lost.why}"


def _seen(what: str, scene: Scene) -> Iterator[Step]:
    yield Step(
        "See which versions it made, wraps or signed; exit code 1: of some it cannot be told.",
        scene.command("where-is", *scene.every(), "--key", what),
        ends=(0, 1),
    )
    yield Step(
        "Find out how it got away, and stop that first. If it was the keyring file with what opens"
        " it, all of its keys leaked: do this for each, and change the passphrase or lock."
    )


def _signing(versions: Sequence[KeyVersion], scene: Scene, since: str | None) -> Iterator[Step]:
    if since is None:
        what = "say since when the signing key may be in other hands: --since 2026-11-24 (UTC)"
        raise ArgumentError(f"{what}; what it signed from then on is refused")
    if not is_time(since):
        raise ArgumentError(
            "is no day (2026-11-24) or second in UTC (2026-11-24T08:00:00Z)", place="--since"
        )
    for dataset in scene.datasets:
        yield Step(
            f"Check the logs of {dataset} as they stand, and copy the folder if it is evidence: the"
            " next expiry removes what is refused.",
            scene.command("audit", "verify", OnDisk(dataset), *scene.by_policy(dataset)),
        )
    # the newest first: otherwise a leaked key would sign the revocation of the older one
    for entry in sorted(versions, key=lambda entry: -entry.version):
        options = ("--version", str(entry.version), "--from", since)
        yield Step(
            f"Refuse what {entry.id} signed since {since}; a new key signs the logs as they stand.",
            scene.command("keys", "revoke", str(SIGNING), *options, *scene.every()),
        )
    for dataset in scene.datasets:
        yield Step(
            f"See which acts on {dataset} count no more.",
            scene.command("history", OnDisk(dataset)),
        )
    yield from publish_again(scene, "what was published since is refused")
    yield from verify_all(scene)
    yield from share_again(scene, file_keys(scene))


def _owner(scene: Scene, about: str) -> Iterator[Step]:
    yield Step(
        "Who holds it and the files reads the rows set aside, the facts of the source, the order of"
        " rows, and whose each row is; a rotation does not take that back."
    )
    yield Step(
        "Make a new version of the key, and wrap the owner's files by it.",
        scene.command("keys", "rotate", str(OWNER), *scene.every()),
    )
    yield from publish_again(scene, "the next version is sealed by the new key")
    yield from keep_newest(scene, "what they keep for the owner opens by it", f"incident: {about}")
    yield Step(
        "Keep the old version in the keyring: the ids of people who were forgotten need it, and"
        " runs are refused without."
    )
    yield from verify_all(scene)


def _encrypting(versions: Sequence[KeyVersion], scene: Scene, about: str) -> Iterator[Step]:
    name = str(versions[0].name)
    ids = {str(entry.id) for entry in versions}
    made = _made_by(ids, scene)
    wraps = name in file_keys(scene)
    derives = bool(made) or versions[0].use == "values"
    yield from map(Step, _means(made, wraps, derives))
    yield Step(
        "Make a new version of the key, and wrap the datasets' files (and lock the token vault) by"
        " it; no data is written again.",
        scene.command("keys", "rotate", name, *scene.every()),
    )
    why = "the next version has new data keys" if not derives else "the new key makes other values"
    yield from publish_again(scene, why)
    gone = "copies of their wrapped keys open by it" if not derives else "they hold what it made"
    yield from keep_newest(scene, gone, f"incident: {about}")
    whole = all(dataset in scene.policies for dataset in scene.datasets)
    if derives and not whole:
        yield Step("Destroy the old version once no version that it made values of is needed.")
    else:
        yield from _destroyed(versions, scene, about)
    yield from verify_all(scene)
    yield from share_again(scene, [name] if wraps else [])


def _destroyed(versions: Sequence[KeyVersion], scene: Scene, about: str) -> Iterator[Step]:
    for entry in versions:
        options = ("--version", str(entry.version), *scene.every())
        reason = ("--reason", f"incident: {about}")
        yield Step(
            f"Destroy {entry.id}, if no other dataset and no backup needs it: from then on nobody"
            " opens by it but who has a copy, and what it made with method: siv or encrypt_format"
            " does not turn back.",
            scene.command("keys", "destroy", str(entry.name), *options, *reason),
            answer="y\n",
        )


def _made_by(ids: set[str], scene: Scene) -> dict[str, set[str]]:
    """Return action → columns, of what the key made in the versions on disk."""
    found = dict[str, set[str]]()
    for dataset in scene.datasets:
        for made in Dataset(dataset).manifests(scene.keyring):
            for line in made.plan if isinstance(made.plan, list | tuple) else ():
                if ids & set(map(str, line.get("keys", ()))):
                    action = _action_of(str(line.get("action", "")))
                    found.setdefault(action, set()).add(str(line["column"]))
    return found


def _action_of(text: str) -> str:
    """Return the one action that a plan's line is of; empty where several made the values."""
    word = _WORD.match(text)
    return word[0] if word and "otherwise" not in text else ""


def _means(made: dict[str, set[str]], wraps: bool, derives: bool) -> Iterator[str]:
    """Yield what somebody who holds the key can do."""
    if wraps:
        yield (
            "Who holds it and a copy of the files reads the columns that it opens, also after a"
            " rotation: tell those who must know that these rows are out."
        )
    one_way = sorted(name for act in _ONE_WAY for name in made.get(act, ()))
    back = sorted(name for act in _REVERSIBLE for name in made.get(act, ()))
    others = sorted(set[str]().union(*made.values()) - {*one_way, *back}) if made else []
    if back:
        yield (
            f"Who holds it turns tokens of {', '.join(back)} back, those of the vault only with the"
            " vault: treat these columns as if they were in the clear."
        )
    if one_way:
        yield (
            f"Who holds it finds out by trying whose a value of {', '.join(one_way)} is: treat"
            " these columns as if they named people."
        )
    if others:
        yield (
            f"Inside {', '.join(others)} it made values too: which turn back, and which can only be"
            " tried, is in the policy's rules."
        )
    if derives and not made:
        yield "Values are derived from it by some policy, of no version that is here."
    if not (wraps or derives):
        yield "No version of these datasets was made with it or is opened by it."

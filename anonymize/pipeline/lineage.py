"""Tells the policy's ``lineage:`` of a published version, by OpenLineage events.

A version is published before anybody can be told of it, so what cannot be told undoes nothing: the
run says so with an error of its own, and ``coatcheck lineage`` sends the events again.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from anonymize.arguments import checked
from anonymize.dataset import Manifest
from anonymize.dataset.appended import append_line
from anonymize.dataset.card_files import read_card
from anonymize.dataset.sink import sink_of
from anonymize.errors import (
    AnonymizeError,
    ArgumentError,
    DatasetError,
    LineageError,
    SourceAwayError,
    SourceError,
)
from anonymize.io.stores.https_connection import named_auth, post, shown, tls_of
from anonymize.io.stores.https_settings import HttpsSettings
from anonymize.keys import Keyring, open_keyring
from anonymize.pipeline.readiness import require_file
from anonymize.policy import Policy, as_policy
from anonymize.policy.lineage import LineageSpec
from anonymize.report.cards import CARD_NAMES, Naming, started

TRIES, PAUSE_SECONDS, WAIT_SECONDS = 3, 1.0, 10.0
"""Posts of an event, the first pause between two of them, and how long a host may take."""
_PASSING = (408, 425, 429, 500, 502, 503, 504)


def naming_of(policy: Policy) -> Naming:
    """Return what events call the policy's job and datasets."""
    spec = policy.lineage
    return Naming(spec.namespace, spec.source or "") if spec else Naming()


def require_lineage(policy: Policy) -> None:
    """Check what can be known before the first row: that the file can be written, that credentials
    and certificates are there. No host is asked.

    Raises:
        AnonymizeError: ArgumentError, DatasetError: one is not.
    """
    spec, place = policy.lineage, policy.place("lineage")
    if spec is None:
        return
    if spec.file is not None:
        require_file(policy, Path(spec.file).absolute(), place)
        return
    try:
        named_auth(_settings(spec))
        tls_of(_settings(spec))
    except SourceError as error:
        raise DatasetError(str(error.problems[0]), place=place) from None


def tell_lineage(policy: Policy, published: Manifest, folder: Path) -> None:
    """Send a version's events to where the policy says; does nothing if it says nothing.

    Raises:
        LineageError: they were not taken. The version is published.
    """
    spec = policy.lineage
    if spec is None:
        return
    try:
        _send(spec, _events(published, folder))
    except AnonymizeError as error:
        found = error.problems[0]
        where = found.place or spec.file or shown(spec.url or "")
        raise LineageError(
            f"{found.what}; version {published.version} is published, and its lineage events were"
            f" not taken: send them with coatcheck lineage POLICY --version {published.version}",
            place=f"lineage {where}",
        ) from None


@checked
def send_lineage(
    policy: Policy | str | Path,
    version: int | None = None,
    *,
    keyring: Keyring | str | None = None,
) -> Manifest:
    """Send the events of a published version (None: the current one) to the policy's ``lineage:``;
    return its manifest. Events that are sent twice have the same run.

    Raises:
        ArgumentError: the policy has no ``lineage:``, or the version was published without cards.
        DatasetError: no such version, or its event is not the signed one.
        LineageError: the events were not taken.
    """
    policy, opened = as_policy(policy), open_keyring(keyring)
    if policy.lineage is None:
        what = "says nothing of where events go; say lineage: {file: PATH} or {url: https://…}"
        raise ArgumentError(what, place=policy.place("lineage"))
    require_lineage(policy)
    dataset = sink_of(policy)
    dataset.require_named(policy.dataset, opened)
    published = dataset.manifest(version, keyring=opened)
    if dataset.card(CARD_NAMES["openlineage"], version=published.version, keyring=opened) is None:
        what = f"version {published.version} was published without cards, so it has no event"
        raise ArgumentError(what, place=policy.sink.path)
    tell_lineage(policy, published, dataset.folder(published.version))
    return published


def _events(published: Manifest, folder: Path) -> list[dict[str, Any]]:
    card = read_card(folder, published.cards, CARD_NAMES["openlineage"])
    assert card is not None  # it was published, or asked for, with it
    event = json.loads(card)
    return [started(event, published.begun_at or published.created_at), event]


def _send(spec: LineageSpec, events: list[dict[str, Any]]) -> None:
    """Hand over events, in order.

    Raises:
        AnonymizeError: one was not taken.
    """
    lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode() for one in events]
    if spec.file is not None:
        append_line(Path(spec.file), b"\n".join(lines) + b"\n", f"lineage {spec.file}")
        return
    for line in lines:
        _post(spec.url or "", _settings(spec), line)


def _settings(spec: LineageSpec) -> HttpsSettings:
    auth = spec.auth
    return HttpsSettings(
        bearer_env=(auth.bearer_env if auth else "") or "",
        basic_env=(auth.basic_env if auth else "") or "",
        ca_file=spec.ca_file or "",
        allow_private=spec.allow_private,
    )


def _post(url: str, settings: HttpsSettings, event: bytes) -> None:
    """Hand one event over, again where the cause may pass.

    Raises:
        SourceError: the host does not take it.
    """
    for tried in range(1, TRIES + 1):
        try:
            answer = post(url, settings, event, "application/json", WAIT_SECONDS)
            answer.close()
            if 200 <= answer.status < 300:
                return
            what = f"the host answered with status {answer.status}"
            if answer.status not in _PASSING:
                raise SourceError(what, place=shown(url))
            problem: SourceError = SourceAwayError(what, place=shown(url))
        except SourceAwayError as error:
            problem = error
        if tried == TRIES:
            raise problem
        time.sleep(PAUSE_SECONDS * 2 ** (tried - 1))

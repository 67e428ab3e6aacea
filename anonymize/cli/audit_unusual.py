"""The command that names unusual reveals and reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from anonymize.cli.options import AsJson, DatasetPath, KeyringUri

if TYPE_CHECKING:
    from anonymize.custody.unusual import Flag, Unjudged, Unusual


def unusual(
    dataset: DatasetPath,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="AGE", help="Judge acts of this age or newer: 24h, 7d."),
    ] = None,
    timezone: Annotated[
        str, typer.Option("--timezone", help="Whose hours and days count: Europe/Berlin.")
    ] = "UTC",
    history: Annotated[
        int, typer.Option(min=1, help="Earlier acts before a habit is judged.")
    ] = 20,
    days: Annotated[int, typer.Option(min=1, help="Different days on which they were.")] = 5,
    factor: Annotated[
        int, typer.Option(min=1, help="Times the largest so far: a burst, or bulk.")
    ] = 3,
    per_hour: Annotated[
        int, typer.Option(min=1, help="Acts in 60 minutes below which nothing is a burst.")
    ] = 10,
    values: Annotated[
        int, typer.Option(min=1, help="Values of a reveal below which it is not bulk.")
    ] = 100,
    most_per_hour: Annotated[
        int, typer.Option(min=1, help="Acts in 60 minutes that always are a burst.")
    ] = 200,
    most_values: Annotated[
        int, typer.Option(min=1, help="Values of a reveal that always are bulk.")
    ] = 1000,
    near_hours: Annotated[
        int, typer.Option(min=1, max=11, help="Hours around a usual one that are usual, too.")
    ] = 1,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Name reveals and reads outside an actor's habit.

    With the rule that each broke; exit 1 if there are any. What could not be judged is said.

    Example: coatcheck audit unusual out/customers --since 24h --timezone Europe/Berlin
    """
    from anonymize.cli.output import print_json
    from anonymize.custody.unusual import Thresholds
    from anonymize.custody.unusual import unusual as found_unusual
    from anonymize.dataset.expiry import age_of
    from anonymize.errors import GateError
    from anonymize.keys import open_keyring

    limits = Thresholds(
        history=history, days=days, factor=factor, per_hour=per_hour, values=values,
        most_per_hour=most_per_hour, most_values=most_values, near_hours=near_hours,
    )  # fmt: skip
    age = None if since is None else age_of(since, "--since")
    opened = open_keyring(keyring)
    found = found_unusual(str(dataset), opened, since=age, timezone=timezone, thresholds=limits)
    if as_json:
        print_json(_plain(found))
    else:
        _print(found)
    if found.flags:
        acts = len({(one.event.log, one.event.line) for one in found.flags})
        raise GateError(f"{acts} of {found.judged} reveals and reads are unusual")


def _plain(found: Unusual) -> dict[str, object]:
    from dataclasses import asdict

    flags = [
        {**asdict(one.event), "at": _when(one, found.timezone), "rule": one.rule, "why": one.why}
        for one in found.flags
    ]
    left = [asdict(one) for one in found.unjudged]
    return {
        "timezone": found.timezone,
        "judged": found.judged,
        "flags": flags,
        "not_judged": left,
    }


def _print(found: Unusual) -> None:
    from anonymize.cli.output import print_table, say

    if found.flags:
        heads = ("log", "line", f"at ({found.timezone})", "who", "act", "rule", "why")
        print_table(heads, [tuple(_cells(one, found.timezone)) for one in found.flags])
    else:
        say(f"{found.judged} reveals and reads were looked at, none is unusual by these rules")
    for left in found.unjudged:
        say(f"not judged: {_left(left)}")


def _cells(flag: Flag, timezone: str) -> Iterator[object]:
    event = flag.event
    yield from (event.log, event.line, _when(flag, timezone), event.actor[:100], event.kind)
    yield from (flag.rule, flag.why)


def _when(flag: Flag, timezone: str) -> str:
    """Return when an act was, in the zone whose hours count, with its offset."""
    from zoneinfo import ZoneInfo

    at = flag.event.at
    return at.astimezone(ZoneInfo(timezone)).isoformat(timespec="seconds") if at else ""


def _left(one: Unjudged) -> str:
    who = f" of {one.actor[:100]}" if one.actor else ""
    acts = f"{one.acts} {one.kind}s{who}" if one.acts else f"{one.kind}s"
    return f"{acts}: {one.rules}: {one.why}"

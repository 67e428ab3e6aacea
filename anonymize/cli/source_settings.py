"""Turns the options of inspect and init into the settings of a source, and says what was found."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from anonymize.cli.hints import in_words_of_options
from anonymize.cli.output import say_wrapped
from anonymize.errors import ArgumentError

if TYPE_CHECKING:
    from anonymize.policy import SourceSpec


def source_spec(
    path: str,
    types: Sequence[str],
    options: Mapping[str, object],
    rename: Sequence[str] = (),
) -> SourceSpec:
    """Return the source settings from the options; only given options are included.

    Raises:
        ArgumentError: the value of an option is not allowed.
    """
    from pydantic import ValidationError

    from anonymize.policy import SourceSpec

    said: dict[str, object] = {"path": path}
    said |= {name: value for name, value in options.items() if value is not None}
    for name, takes in _BLOCKS.items():
        if name in said:
            said[name] = _block(str(said[name]), f"--{name}", takes)
    if "widths" in said:
        said["widths"] = _numbers(str(said["widths"]))
    said |= (
        {
            "types": dict(
                _pair(text, "--type", "a column and its type: zip=string") for text in types
            )
        }
        if types
        else {}
    )
    what = "a column, or its position, and its new name: 3=city"
    said |= {"rename": dict(_pair(text, "--rename", what) for text in rename)} if rename else {}
    try:
        spec = SourceSpec.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        option = str((*first["loc"], "path")[0]).replace("_", "-")
        place = "source" if option == "path" else f"--{option}"
        what = in_words_of_options(str(first["msg"]).removeprefix("Value error, "))
        raise ArgumentError(what, place=place) from None
    if spec.auth and not os.environ.get(spec.auth.bearer_env or spec.auth.basic_env or ""):
        # not quoted: whoever takes the option for the secret itself has typed it here
        raise ArgumentError("names an environment variable that is not set", place="--auth")
    return spec


_BLOCKS = {
    "auth": "bearer_env=NAME or basic_env=NAME, the name of an environment variable",
    "paging": "by=link, by=offset or by=cursor,cursor=meta.next, with commas between",
}
"""Settings that are blocks in a policy, and what their options take."""


def _block(text: str, option: str, takes: str) -> dict[str, str]:
    """Return ``by=cursor,cursor=meta.next`` as a mapping.

    Raises:
        ArgumentError: it is none; the error quotes nothing of it, which may be a secret.
    """
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(name.strip() and equals and value.strip() for name, equals, value in pairs):
        raise ArgumentError(f"takes {takes}", place=option)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _numbers(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise ArgumentError("takes numbers with commas between them: 5,12,8", place="--widths")
    return list(map(int, parts))


def _pair(said: str, option: str, takes: str) -> tuple[str, str]:
    """Return what stands before and behind the last ``=``; a column's name may contain one."""
    name, equals, value = said.rpartition("=")
    if not (name and equals and value):
        raise ArgumentError(f"takes {takes}", place=option)
    return name, value


def say_drafted(told: Sequence[str]) -> None:
    """Print which columns of a draft lose more, or less, than one may think."""
    for sentence in told:
        say_wrapped(f"drafted: {sentence}")


def say_notes(notes: Sequence[str]) -> None:
    """Print what was found out about a source by itself."""
    for note in notes:
        say_wrapped(f"found: {in_words_of_options(note)}")

"""Tells whether a policy reads another source than the one that the last version was made of."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from anonymize.addresses.databases import is_database
from anonymize.policy import SourceSpec

_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*):/{1,2}(?P<at>[^/]*)(?P<below>.*)", re.DOTALL)
_MONTH = re.compile(
    r"(?i)jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)


def source_facts(spec: SourceSpec) -> dict[str, str]:
    """Return digests of what a source is, for the owner's facts: its path, table and query.

    Words of a path that have a digit, and names of months, do not count, so that a nightly file
    with its day or a number in its name is the same source. Neither do the parameters of a query.
    A digest, because a file's name may be a person's.
    """
    said = {"path": _shape(spec.path), "table": spec.table or "", "query": _one_line(spec.query)}
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in said.items()}


def other_sources(facts: Mapping[str, Any], spec: SourceSpec) -> Iterator[tuple[str, str]]:
    """Yield the settings by which ``spec`` names another source than the last version's ``facts``,
    and what that means; nothing for versions that do not tell.
    """
    before = facts.get("reads", {})
    for name, digest in source_facts(spec).items():
        if before.get(name, digest) != digest:
            yield (
                f"source.{name}",
                "names another source than the last version was made of, beyond numbers and dates"
                " in its name; readers get its rows in their place",
            )


def _shape(path: str) -> str:
    """Return a path or address with what may change from night to night left open. A server, a
    bucket and a server's database are the whole of what they are called; who logs in does not
    count.
    """
    address = _ADDRESS.fullmatch(path)
    if address is None:
        return _WORD.sub(_kept, os.path.normpath(path))
    scheme, at, below = (
        address["scheme"].lower(),
        address["at"].rpartition("@")[2],
        address["below"],
    )
    if is_database(path) and not scheme.endswith(("sqlite", "duckdb")):
        return f"{scheme}://{at}{below.partition('?')[0]}"
    return f"{scheme}://{at}{_WORD.sub(_kept, below)}"


def _kept(word: re.Match[str]) -> str:
    return "" if any(map(str.isdigit, word[0])) or _MONTH.fullmatch(word[0]) else word[0]


def _one_line(query: str | None) -> str:
    return " ".join((query or "").split())

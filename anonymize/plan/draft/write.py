"""Writes a drafted policy as commented YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from anonymize.errors import install_command
from anonymize.names import ColumnName
from anonymize.plan.bind.scanners import names_if_here
from anonymize.plan.draft.drafted import Drafted
from anonymize.plan.draft.privacy_block import Measured, privacy_block
from anonymize.policy.yaml_text import flow, plain

RESTRICTED_KEY = "special"
"""Name of the key that a draft puts special categories under."""
_NO_LIST = re.compile(r"[,:;\r\n\0]|^\s|\s$")
"""Names of columns that Parquet's list of column keys cannot hold."""


def policy_text(drafted: Drafted, measured: Measured | None = None) -> str:
    """Return a draft as YAML; ``measured`` says which quasi-identifiers k-anonymity can keep."""
    lines = drafted.lines
    return "\n".join(
        [
            *_head(drafted),
            *_detect(drafted),
            "columns:",
            *(f"  {plain(line.path)}: {flow(line.rule)}  # {line.reason}" for line in lines),
            *privacy_block(lines, drafted.special, measured, drafted.subject, drafted.asked_k),
            "",
        ]
    )


def _detect(drafted: Drafted) -> Iterator[str]:
    """Yield how detection should look, where that is not the default.

    Where a text needs a name model and none is here, the draft says ``ner: off`` and what that
    means, so that it can be planned as it is.
    """
    detect = drafted.detect
    set_ = [name for name in ("countries", "languages") if name in detect.model_fields_set]
    said: dict[str, Any] = {name: list(getattr(detect, name)) for name in set_}
    said |= {"ner": detect.ner} if "ner" in detect.model_fields_set else {}
    if (
        detect.ner != "off"
        and any(line.action == "free_text" for line in drafted.lines)
        and names_if_here(detect) is None
    ):
        extra = detect.ner.partition(":")[0].replace("coatcheck", "ner")
        yield (
            f"# names in free text are found by a model, which needs the extra {extra}:"
            f" {install_command(extra)}"
        )
        if "ner" not in said:
            yield (
                "# It is not installed here, so this draft says ner: off: names stay in free text,"
                " but for those that same_row hunts."
            )
            yield "# Once it is installed, take ner: off out."
            said["ner"] = "off"
    if drafted.country_found:
        yield "# The country was found in the rows: its identifiers are looked for; add others."
    if said:
        yield f"detect: {flow(said)}"


def _head(drafted: Drafted) -> Iterator[str]:
    name, purpose = drafted.name, drafted.purpose
    yield "# Drafted from a sample: read every line, correct it, then run `coatcheck plan` on it."
    yield "version: 1"
    yield f"dataset: {plain(name)}"
    if purpose is None:
        yield (
            "# Every pseudonym depends on the purpose, unless its rule names a domain. Change it"
            " before the first run;"
        )
        yield "# after that, values of two purposes no longer join (coatcheck run --accept-change)."
        purpose = f"analysis of {name}"
    yield f"purpose: {plain(purpose)}"
    said = drafted.source.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    if drafted.null_values and not said.get("null_values"):
        yield (
            "# null_values were found in these columns and are read as missing: take out what is a"
            " value of its own."
        )
        said["null_values"] = {
            str(path): list(texts) for path, texts in drafted.null_values.items()
        }
    yield f"source: {flow(said)}"
    yield from _sink(drafted)
    yield "unlisted: refuse                        # a new column stops the run until it has a rule"
    if drafted.counted_by:
        yield f"subject: {plain(drafted.counted_by)}  # whose each row is: k counts people by it"
    elif drafted.subject:
        column = plain(drafted.subject.column)
        yield f"# Whose each row is may be told by {column}: then k counts people."
        yield f"# Look first: {drafted.subject.why_not}."
        yield f"# subject: {column}"


def _sink(drafted: Drafted) -> Iterator[str]:
    """Yield the sink; special categories are under a key of their own, where that is possible."""
    path, special = drafted.sink, drafted.special
    names = list(dict.fromkeys(_top(line.path) for line in drafted.lines if line.action != "drop"))
    restricted = list(dict.fromkeys(map(_top, special)))
    told = "; ".join(
        f"{category}: {', '.join(plain(name) for name, one in special.items() if one == category)}"
        for category in dict.fromkeys(special.values())
    )
    if not special:
        yield f"sink: {{path: {plain(path)}}}"
    elif len(restricted) == len(names) or any(map(_NO_LIST.search, names)):
        yield f"# Specially protected in law, or pay: {told}. Who may read this dataset reads them."
        yield f"sink: {{path: {plain(path)}}}"
    else:
        yield (
            f"# Specially protected in law, or pay, so under a key of their own: {told}."
            f" Who lacks the key '{RESTRICTED_KEY}' reads the other columns."
        )
        apart = {"key": RESTRICTED_KEY, "columns": restricted}
        yield f"sink: {flow({'path': path, 'restricted': apart})}"


def _top(path: ColumnName) -> str:
    """Return the column of the source that a place is in."""
    return re.split(r"[.\[]", str(path), maxsplit=1)[0]

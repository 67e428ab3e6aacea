"""Text of policies and sources in Markdown, where it must stay text: names may hold anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from anonymize.errors import on_one_line

_PLAIN_NAME = re.compile(r"[\w.$\[\]-]+(?: [\w.$\[\]-]+)*")
_MARKS = re.compile(r"[\\`*_{}\[\]<>#|~$!&@^]|(?<=:)/|(?<=www)\.|^[-+=]", re.IGNORECASE)
"""Characters that mean something in Markdown, in GitHub's and in Hugging Face's (mathematics); of
addresses those without which no link is made of them; and what begins a list.
"""
_NUMBERED = re.compile(r"^([0-9]+)([.)])")


def text(value: object) -> str:
    """Return a value as plain text of one line."""
    shown = " ".join(on_one_line(str(value)).split())
    return _NUMBERED.sub(r"\1\\\2", _MARKS.sub(r"\\\g<0>", shown)).replace("\\<", "&lt;")


def name(value: object) -> str:
    """Return a column's name: as code, or as text if code could not hold it in a table."""
    shown = on_one_line(str(value))
    return f"`{shown}`" if _PLAIN_NAME.fullmatch(shown) else text(shown) or "(no name)"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table of cells that are Markdown already."""
    lines = [list(heads), ["---"] * len(heads), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def bullets(sentences: Iterable[str]) -> str:
    """Return a Markdown list of sentences that are Markdown already."""
    return "\n".join(f"* {sentence}" for sentence in sentences)

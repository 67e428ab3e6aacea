"""The names of a source's columns: those of the file, changed by ``rename:``."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence

from anonymize.errors import Problem, SourceError
from anonymize.nested.raw_names import counted
from anonymize.nested.schema import refuse_duplicates

Renames = tuple[tuple[str | int, str], ...]
"""Old names or positions (from 1), each with the new name."""


def renames_of(rename: Mapping[str | int, str] | None) -> Renames:
    """Return ``rename`` as plain data; a position may be a number in text, as options give it."""
    return tuple((rename or {}).items())


def final_names(
    names: Sequence[str],
    renames: Renames,
    place: str,
    *,
    advice: str = "",
    positions: Sequence[int] = (),
) -> tuple[str, ...]:
    """Return ``names`` with the renamed ones changed.

    A text of digits is a position if no column has it as its name. ``advice`` is appended to the
    error about names that occur twice. ``positions`` are the columns' own, by default from 1.

    Raises:
        SourceError: an old name that no column or several have, a position that is none, columns
            without a name or with the same one. Errors give positions, because a name may be data.
    """
    final, problems = list(names), []
    positions = positions or range(1, len(names) + 1)
    for old, new in renames:
        at, why = _position(old, names, positions)
        if why:
            problems.append(Problem(f"{place}: rename.{old}", why))
        else:
            final[at] = new
    if problems:
        raise SourceError(problems)
    if empty := [at for at, name in zip(positions, final, strict=True) if not name.strip()]:
        have = "has" if len(empty) == 1 else "have"
        hint = rename_hint(empty)
        if 2 * len(empty) > len(final):  # a title has one cell
            hint = f"if lines of title stand above the header say skip_rows: N, else {hint}"
        raise SourceError(f"{counted(empty)} {have} no name; {hint}", place=place)
    seen = dict[str, int]()
    numbered = zip(positions, final, strict=True)
    second = next((at for at, name in numbered if seen.setdefault(name, at) != at), 0)
    refuse_duplicates(final, place, rename_hint([second]) + advice, positions)
    return tuple(final)


def rename_hint(positions: Iterable[int]) -> str:
    """Return the YAML text that renames the first of ``positions``."""
    return f"say rename: {{{next(iter(positions))}: NAME}}"


def _position(old: str | int, names: Sequence[str], positions: Sequence[int]) -> tuple[int, str]:
    """Return the index that ``old`` means, and what is wrong with it."""
    if isinstance(old, str) and (count := names.count(old)):
        at = names.index(old)
        return at, "" if count == 1 else "several columns have this name; " + (
            f"name one by its position: {rename_hint([positions[at]])}"
        )
    if isinstance(old, int) or old.isdecimal():
        if int(old) in positions:
            return positions.index(int(old)), ""
        what = f"there are {len(names)} columns"
        last = positions[-1] if positions else 0
        return 0, what if last == len(names) else f"{what}, from {positions[0]} to {last}"
    near = difflib.get_close_matches(old, names, 1)
    return 0, "no such column" + (f"; did you mean '{near[0]}'" if near else "")

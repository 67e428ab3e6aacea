"""Finds the places of a query's parameters (``:since``), without touching texts, quoted names and
comments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from anonymize.errors import Problem, SourceError

_TOKENS = re.compile(
    r"""
    (?P<skip>'(?:[^']|'')*'            # a text
    | "(?:[^"]|"")*"                   # a name
    | --[^\n]*                         # a comment
    | /\*.*?\*/
    | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$  # a text between dollars
    | ::                               # a cast
    )
    | (?<![\w:]):(?P<name>[A-Za-z_]\w*)
    """,
    re.VERBOSE | re.DOTALL,
)


def with_parameters(
    query: str, names: Collection[str], written: Callable[[str], str], place: str
) -> str:
    """Return ``query`` with each ``:name`` as ``written`` writes it, and without a semicolon at its
    end.

    Raises:
        SourceError: a name that has no value, or a value that the query does not name.
    """
    found: set[str] = set()

    def replaced(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            return match[0]
        found.add(name)
        return written(name) if name in names else match[0]

    text = _TOKENS.sub(replaced, query.strip().rstrip(";").rstrip())
    problems = [
        Problem(f"{place}: parameters.{name}", "the query does not name it: write it as :" + name)
        for name in names
        if name not in found
    ]
    problems += [
        Problem(f"{place}: query", f"parameters: has no value for :{name}")
        for name in sorted(found.difference(names))
    ]
    if problems:
        raise SourceError(problems)
    return text

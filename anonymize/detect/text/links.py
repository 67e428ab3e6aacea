"""Whether a dotted name without a scheme is an address on the web, or a line of code:
``pd.read_csv(``, ``README.md``.

Presidio's recognizer takes whatever ends in a public suffix, in the middle of a word too: ``pd.re``
of ``pd.read_csv``.
"""

from __future__ import annotations

import re

from anonymize.detect.words import word_set

_SCHEME = re.compile(r"(?i)[\"']?(?:https?:|ftp:|www\d{0,3}\.)")
_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_LABELS_BEFORE = re.compile(r"[\w.$\\-]*$")
_FILE_ENDINGS = word_set("""
    py md rs sh cc so ps zip mov pl app java ml mk
    """)
"""Endings of files that are public suffixes too; with two labels they are taken for a file's."""
_COUNTRIES_TOO = frozenset(("pl", "app", "ml", "mk"))
"""Of those, suffixes under which many sites are: a file only beside a folder or among code."""
_ROOTS = word_set("""
    com org net io edu gov java javax jakarta kotlin scala android androidx dev de fr uk eu cn jp
    """)
_SELF = word_set("""
    self this cls np pd plt os sys df
    """)
_OBJECTS = word_set("""
    self this cls super user data item items obj df np pd plt os sys re req request res response
    config cfg window document module event evt e ctx context args kwargs params settings props
    state row rows node elem el err error logger log math json time date str string list dict map
    set tf torch nn sns sp px conn cursor db session client server app api parser options opts input
    output result results page form field model view query table column key value process console
    file path url info meta spring server management player player1 order account customer
    """)
"""Names that programs give their things; ``user.name`` is an attribute, not a site."""
_MEMBERS = word_set("""
    name id info date now date day time call link open watch click new save space select tools total
    support style run map data app page show post host zip to at is as in it me my so do be no py md
    one top work works group team email mobi phone case cat ch cl co re sc st sh tr tv va vc ws il
    ir la li lt lu ms mt mu na ne nu pa pe ph pk pm pr ps pt pw qa ro rs sa sb sd se sg si sk sl sm
    sn size video game games chat live news watch build codes design download events exchange fit
    fun global host legal limited loan lol market media network online parts photo pics place plus
    press pub red rest review rocks school services shop site software store stream studio study
    systems tax today tips tours training trade university ventures vote web webcam website wiki win
    world zone int
    """)
"""Public suffixes that are names of attributes and methods as well."""
_CODE = re.compile(
    r"[({\[]\S*[)}\]]|[;=]\s*$|==|!=|=>|->|::|\bdef \b|\bimport \b|\bclass \b|\breturn\b|\bself\b"
    r"|\bfunction\b|\bvar \b|\bconst \b|\blet \b"
    r"|^\s*(?:#|//|at )| = |\bassert\b|[;{]\s*$"
)
_CAMEL = re.compile(r"[a-z][A-Z]")
_FURTHEST = 256
"""Code points behind a link in which the rest of its name is looked for."""
_KEY = re.compile(r"[\"']\s{0,2}:")


def is_link(text: str, start: int, end: int) -> bool:
    """Return whether ``text[start:end]``, matched as a URL, is one; with a scheme or ``www.`` it
    is.

    It is not if it ends inside a word, or in a name of code, a file name or a JSON key.
    """
    if _SCHEME.match(text, start):
        return True
    quoted = text[start] in "\"'"
    first, last = start + quoted, end - quoted
    ahead = _LABELS_BEFORE.search(text, max(0, first - 80), first)
    begin = ahead.start() if ahead else first
    name = _NAME.match(text, first, last + _FURTHEST)
    if name and name.end() > last and _is_word(text[last]):
        return False
    if first > 1 and text[first - 1] == "@" and _is_word(text[first - 2]):
        return True  # an address's host: what decides is the address
    host_end = _host_end(text, first, end)
    if host_end < last:  # a path, a query: code has none
        return text[host_end] not in "(["
    return not _is_code(text, begin, max(name.end() if name else last, last))


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _host_end(text: str, start: int, end: int) -> int:
    while start < end and (text[start].isalnum() or text[start] in ".-_"):
        start += 1
    return start


def _is_code(text: str, start: int, end: int) -> bool:
    name = text[start:end].strip(".-")
    labels = name.split(".")
    behind = text[end : end + 2]
    if (
        behind[:1] in ("(", "[", "$")
        or behind == "::"
        or "_" in name
        or "$" in name
        or "\\" in name
    ):
        return True
    if len(labels) > 2 and labels[0].lower() in _ROOTS:
        return True
    last = labels[-1].lower()
    if _CAMEL.search(name) and (
        _CAMEL.search(labels[-1]) or last in _MEMBERS or _code_line(text, start, end)
    ):
        return True
    beside_folder = start > 0 and text[start - 1] in "/\\"
    if (
        last in _FILE_ENDINGS
        and (beside_folder or len(labels) == 2)
        and (beside_folder or last not in _COUNTRIES_TOO)
    ):
        return True
    if _KEY.match(text, end) and start and text[start - 1] in "\"'":
        return True
    if labels[0] in _SELF:
        return True
    if len(labels[0]) == 1 and len(labels) == 2 and _code_line(text, start, end):
        return True
    return last in _MEMBERS and (labels[0].lower() in _OBJECTS or _code_line(text, start, end))


def _code_line(text: str, start: int, end: int) -> bool:
    """Return whether the line around is a line of a program."""
    low, high = text.rfind("\n", max(0, start - 200), start) + 1, text.find("\n", end, end + 200)
    low = max(low, start - 200)
    line = text[low : high if high >= 0 else end + 200]
    return _CODE.search(line) is not None

"""Names inside structured text: values behind keys (``ln=Miller``, ``CN=Ana Castro,OU=Sales``),
home folders, accounts of a Windows domain, machine-readable lines of passports.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa

from anonymize.detect.columns.column_evidence import ColumnEvidence
from anonymize.detect.columns.header import name_evidence
from anonymize.detect.columns.sample import ColumnSample
from anonymize.detect.interface import DIRECT_IDENTIFIERS
from anonymize.detect.vocabulary.lexicon import any_name, fold, lexicon
from anonymize.detect.weights import STRONG
from anonymize.detect.words import word_set
from anonymize.names import ColumnName

CELLS, LONGEST = 2000, 1000
"""Cells of one column that are looked at, and code points of one cell."""
FEWEST = 3
"""Different people or values from which on a column is about them: one is the machine's own."""
SHARE = 0.01
"""Share of the cells that must have a form."""
NAMED = 0.3
"""Share of logins that must hold a name, where other things are written alike: web pages below
``/home/``.
"""
MOST_KEYS = 40
"""Different keys of a column that are judged."""
_MRZ = re.compile(
    r"(?<![A-Z0-9<])(?:[PACIV][A-Z<][A-Z<]{3})?[A-Z]{2,}(?:<[A-Z]+)*<<[A-Z]+(?:<[A-Z]+)*<{2,}"
    r"|(?<![A-Z0-9<])P[A-Z<][A-Z<]{3}[A-Z]{2,}(?:<[A-Z]+)*<<[A-Z]+(?:<[A-Z]+)*(?![A-Z0-9])"
)
_WINDOWS_HOME = re.compile(
    r"(?i)(?<![a-z0-9])[a-z]:[\\/]+(?:users|documents and settings)[\\/]+([^\\/\s\"'<>|:*?,;]+)"
)
_UNIX_HOME = re.compile(r"(?<![\w.-])(?:/export)?/(?:home|Users)/([A-Za-z][\w.-]*)")
_ACCOUNT = re.compile(r"(?<![\w\\/:.-])([A-Za-z][\w.-]{1,14})\\([A-Za-z][\w.-]*)(?![\w\\$(])")
_NO_DOMAINS = word_set("""
    authority service builtin apppool hklm hkcu hkcr hku hkey_local_machine hkey_current_user
    hkey_classes_root hkey_users host manager app src lib vendor
    """)
_SYSTEM = word_set("""
    root admin administrator administrators public default defaultuser defaultaccount guest shared
    all system localsystem localservice networkservice user users username me www www-data nobody
    daemon bin sys sync mail news proxy backup postgres mysql redis nginx apache git jenkins gitlab
    gitlab-runner runner runneradmin ubuntu ec2-user centos debian fedora pi vagrant docker deploy
    deployer hadoop spark airflow build builder ci test tester dev oracle ftp sshd app apps service
    svc wdagutilityaccount containeradministrator azureuser opc node python jovyan
    """)
_PAIR = re.compile(
    r"(?:^|(?<=[;,&|?{\s]))\s*[\"']?([A-Za-z_][\w.-]{0,30})[\"']?\s*=\s*"
    r"(\"[^\"]*\"|'[^']*'|(?:\\.|[^;,&|}\\\n=])+?)(?=\s*[;,&|}\n]|\s+[\w.\"'-]+\s*=|\s*$)"
)
_COLONS = re.compile(r"(?:^|(?<=[;|\n]))\s*([A-Za-z_][\w.-]{0,30}):\s?([^;|\n:]+)(?=[;|\n]|\s*$)")
_LDAP = {"CN": "name", "SN": "last name", "GN": "first name", "UID": "login"}
"""What keys of an LDAP name mean: ``uid`` numbers rows elsewhere."""
_IS_LDAP = re.compile(r"(?i)(?:^|[,/+\s])(?:OU|DC|O)=")
_BEHIND_KEYS = DIRECT_IDENTIFIERS - {"SECRET", "FREE_TEXT_PII", "FIELD_VALUES"}

Judge = Callable[[ColumnSample], str]


def look_at_pieces(cases: Sequence[ColumnEvidence], judge: Judge) -> None:
    """Give USERNAME or FREE_TEXT_PII to columns whose cells hold people in a form that says so;
    ``judge`` gives a sample's verdict.

    The whole cell is none of the forms that other rules know, so that names in it go unseen.
    """
    for case in cases:
        cells = [] if case.values.numeric or case.values.boolean else case.values.texts[:CELLS]
        if not cells or case.ranking()[0][0] in DIRECT_IDENTIFIERS:
            continue
        cells = [cell[:LONGEST] for cell in cells]
        for look in (_passports, _homes, _accounts):
            look(case, cells)
        _keys(case, cells, judge)


def _passports(case: ColumnEvidence, cells: Sequence[str]) -> None:
    found = sum("<<" in cell and _MRZ.search(cell) is not None for cell in cells)
    if found and found >= SHARE * len(cells):
        _people(case, found, cells, "hold the machine-readable line of a passport")


def _homes(case: ColumnEvidence, cells: Sequence[str]) -> None:
    """Home folders of different people; below ``/home/`` a site's pages lie, too."""
    windows = _found(_WINDOWS_HOME, cells)
    unix = _found(_UNIX_HOME, cells)
    rows = set(windows) | (set(unix) if _are_people(unix.values()) else set())
    users = {user for row in rows for user in (*windows.get(row, ()), *unix.get(row, ()))}
    if len(users) >= FEWEST and len(rows) >= SHARE * len(cells):
        _people(case, len(rows), cells, "hold the home folder of one of many users")


def _found(pattern: re.Pattern[str], cells: Sequence[str]) -> dict[int, list[str]]:
    """Return per cell the users in it that are nobody's machine."""
    found = {
        row: [user.casefold() for user in pattern.findall(cell) if not _is_system(user)]
        for row, cell in enumerate(cells)
    }
    return {row: users for row, users in found.items() if users}


def _accounts(case: ColumnEvidence, cells: Sequence[str]) -> None:
    """Accounts behind a domain; paths with one backslash and namespaces look alike, so names must
    be among them.
    """
    found: dict[int, list[str]] = defaultdict(list)
    for row, cell in enumerate(cells):
        for domain, user in _ACCOUNT.findall(cell) if "\\" in cell else ():
            if domain.casefold() not in _NO_DOMAINS and not _is_system(user):
                found[row].append(user.casefold())
    if not found or len(found) < SHARE * len(cells) or not _are_people(found.values()):
        return
    whole = sum(_ACCOUNT.fullmatch(cell.strip()) is not None for cell in cells)
    if whole > 0.5 * len(cells):
        why = f"{whole} of {len(cells)} distinct values are accounts of a domain"
        case.overrule("USERNAME", 0.85, why, share=whole / len(cells))
    else:
        _people(case, len(found), cells, "hold an account of a domain")


def _is_system(user: str) -> bool:
    folded = user.casefold().rstrip(".")
    return (
        folded in _SYSTEM
        or folded.endswith("$")
        or folded.startswith(("svc", "srv", "service", "default"))
        or (
            "." in folded[-6:] and folded.rpartition(".")[2] in {"html", "htm", "php", "aspx", "js"}
        )
    )


def _are_people(logins: Iterable[Sequence[str]]) -> bool:
    """Return whether enough different logins hold a name: a name alone, behind initials, or beside
    another one.
    """
    users = {user for found in logins for user in found}
    named = sum(map(_holds_name, users))
    return named >= max(FEWEST, NAMED * len(users))


def _holds_name(user: str) -> bool:
    """Return whether a login is a known name, two names, or initials beside a family name."""
    parts = [fold(part) for part in re.split(r"[._\d-]+", user) if part]
    given, family = lexicon()["given"], lexicon()["surname"]
    if len(parts) > 1:
        return any(len(part) > 2 and part in any_name() for part in parts)
    word = parts[0] if parts else ""
    if len(word) < 4 or name_evidence(word).nothing or name_evidence(word).says:
        return False
    pairs = ((word[:at], word[at:]) for at in range(1, len(word)) if len(word[at:]) > 2 or at > 3)
    return (
        word in given
        or word in family
        or any(
            (len(one) == 1 and len(other) > 3 and other in family)
            or (len(one) > 2 and one in given and other in family)
            or (len(other) == 1 and len(one) > 3 and one in family)
            for one, other in pairs
        )
    )


def _keys(case: ColumnEvidence, cells: Sequence[str], judge: Judge) -> None:
    """Judge what stands behind each key like a column that is called so."""
    values: dict[str, dict[str, None]] = defaultdict(dict)
    rows: dict[str, set[int]] = defaultdict(set)
    for row, cell in enumerate(cells):
        for key, value in _pairs(cell):
            values[key][value] = None
            rows[key].add(row)
    often = [key for key in values if len(rows[key]) >= max(FEWEST, SHARE * len(cells))]
    seen: set[int] = set()
    kinds: dict[str, None] = {}
    for key in sorted(often, key=lambda key: -len(rows[key]))[:MOST_KEYS]:
        if len(values[key]) < FEWEST:
            continue
        verdict = _behind(key, list(values[key]), judge)
        if verdict in _BEHIND_KEYS:
            seen |= rows[key]
            kinds[verdict] = None
    if kinds:
        _people(case, len(seen), cells, f"hold {', '.join(kinds)} behind a key")


def _behind(key: str, values: Sequence[str], judge: Judge) -> str:
    """Return the verdict on the values of a key. What is called ``name`` is a thing's as often:
    there the values have to tell.
    """
    verdict = judge(_as_column(key, values))
    bare = verdict == "PERSON_NAME" and name_evidence(key).says.get(verdict, 0.0) < STRONG
    return judge(_as_column("c1", values)) if bare else verdict


def _pairs(cell: str) -> list[tuple[str, str]]:
    """Return the keys of a cell with their values, none where there is one pair alone."""
    found = _PAIR.findall(cell) if "=" in cell else _COLONS.findall(cell) if ":" in cell else []
    if len(found) < 2:
        return []
    ldap = _IS_LDAP.search(cell) is not None
    return [
        (_LDAP.get(key.upper(), key) if ldap else key, value.strip(" \"'").replace("\\", ""))
        for key, value in found
        if value.strip(" \"'")
    ]


def _as_column(key: str, values: Sequence[str]) -> ColumnSample:
    column, n = pa.array(values, pa.string()), len(values)
    return ColumnSample(
        ColumnName(key), pa.string(), column, column.slice(0, 256), n, 0, n, n, complete=True
    )


def _people(case: ColumnEvidence, found: int, cells: Sequence[str], what: str) -> None:
    case.names_people = True
    why = f"{found} of {len(cells)} distinct values {what}"
    case.overrule("FREE_TEXT_PII", 0.85, why, share=found / len(cells))

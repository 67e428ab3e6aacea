"""Names in structured text, by the form around them, and text of the same form that is nobody's."""

from __future__ import annotations

import random
from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.detect import DIRECT_IDENTIFIERS, Finding, inspect_samples, sample_columns
from anonymize.errors import AnonymizeError
from anonymize.gates.residual import residual_findings
from tests.plan.helpers import policy_of

ROWS = 120
GIVEN = [
    "Anna",
    "Marek",
    "Jonas",
    "Priya",
    "Fatima",
    "Liang",
    "Sofia",
    "Diego",
    "Kwame",
    "Ingrid",
    "Yusuf",
    "Elif",
    "Oksana",
    "Dmitri",
    "Tomasz",
    "Lucia",
    "Freya",
    "Hugo",
    "Nina",
    "Omar",
    "Leila",
    "Ravi",
    "Heike",
    "Rhys",
]
FAMILY = [
    "Kowalski",
    "Nowak",
    "Berg",
    "Sharma",
    "Khan",
    "Chen",
    "Rossi",
    "Garcia",
    "Mensah",
    "Larsen",
    "Demir",
    "Yilmaz",
    "Ivanov",
    "Haddad",
    "Moreau",
    "Silva",
    "Muller",
    "Novak",
    "Patel",
    "Botha",
    "Vogel",
    "Murphy",
    "Kelly",
    "Evans",
]
Cell = Callable[[str, str], str]

PERSONAL: dict[str, Cell] = {
    "LDAP names": lambda a, b: f"CN={a} {b},OU=Sales,DC=corp",
    "LDAP names by login": lambda a, b: f"uid={a[0].lower()}{b.lower()},ou=people,dc=example",
    "LDAP names, family first": lambda a, b: f"CN={b}\\, {a},OU=Users,DC=corp,DC=local",
    "passports": lambda a, b: f"P<DEU{b.upper()}<<{a.upper()}<<<<<<<<",
    "identity cards": lambda a, b: f"{b.upper()}<<{a.upper()}<<<<<<<<<<<<<<",
    "accounts": lambda a, b: f"ACME\\{a[0].lower()}{b.lower()}",
    "accounts with a dot": lambda a, b: f"CORP\\{a.lower()}.{b.lower()}",
    "accounts in a sentence": lambda a, b: f"logon of ACME\\{a[0].lower()}{b.lower()} failed",
    "homes": lambda a, b: f"/home/{a.lower()}{b.lower()}/x",
    "homes of initials": lambda a, b: f"/home/{a[0].lower()}{b.lower()}/.ssh/config",
    "homes on a Mac": lambda a, b: f"/Users/{a.lower()}/Desktop/report.txt",
    "homes on Windows": lambda a, b: f"C:\\Users\\{b}{a[0]}\\Documents\\x.docx",
    "homes on old Windows": lambda a, b: f"C:\\Documents and Settings\\{a}.{b}\\x",
    "keys": lambda a, b: f"nm={a};ln={b};st=ok",
    "keys that say it": lambda a, b: f"id=7&first_name={a}&last_name={b}&page=2",
    "keys with colons": lambda a, b: f"name: {a} {b}; status: ok",
    "keys with quotes": lambda a, b: f'user="{a} {b}" level="info"',
}
"""Ways to write one person into a cell."""


def _cells(cell: Cell, rows: int = ROWS) -> list[str]:
    draw = random.Random(7)
    return [cell(draw.choice(GIVEN), draw.choice(FAMILY)) for _ in range(rows)]


def _finding(cells: list[str], header: str = "c") -> Finding:
    (found,) = inspect_samples(sample_columns([pa.record_batch({header: cells})]))
    return found


@pytest.mark.parametrize("kind", PERSONAL)
def test_names_in_a_form_that_says_so_are_told(kind: str) -> None:
    """By the verdict, which the plan refuses under keep, and by the scan of the output."""
    cells = _cells(PERSONAL[kind])
    found = _finding(cells)
    assert found.verdict in DIRECT_IDENTIFIERS
    assert not any(name in sentence for sentence in found.evidence for name in GIVEN + FAMILY)
    batch = pa.record_batch({"c": cells})
    assert residual_findings(sample_columns([batch]), {"c": frozenset()})


@pytest.mark.parametrize("kind", ["LDAP names", "passports", "accounts", "homes", "keys"])
def test_a_run_refuses_to_keep_them(kind: str) -> None:
    """Before anything is written."""
    frame = pd.DataFrame({"c": _cells(PERSONAL[kind])})
    with pytest.raises(AnonymizeError, match="keep, but 'c' looks like"):
        anonymize.anonymize_frame(frame, policy_of("  c: {action: keep}\n"))


@pytest.mark.parametrize("kind", ["passports", "homes", "homes on Windows", "keys that say it"])
def test_a_tenth_of_the_cells_is_enough(kind: str) -> None:
    """The others are something else."""
    cells = _cells(PERSONAL[kind], 40) + [f"job {at} done" for at in range(360)]
    assert _finding(cells).verdict == "FREE_TEXT_PII"


DRAW = random.Random(5)
GENERAL = ["alpha", "beta", "gamma", "delta", "omega", "sigma", "theta", "kappa"]

HARMLESS: dict[str, Callable[[int], str]] = {
    "one user's folder": lambda at: f"/home/deploy/app/releases/{at}/index.js",
    "one person's own machine": lambda at: f"/home/omarsilva/project/src/module_{at}.py",
    "the public folder": lambda at: f"C:\\Users\\Public\\Documents\\{at}.txt",
    "system accounts": lambda at: f"/home/{DRAW.choice(['ubuntu', 'git', 'www-data'])}/a b {at}",
    "authorities": lambda at: f"NT AUTHORITY\\{DRAW.choice(['SYSTEM', 'LOCAL SERVICE'])} {at}",
    "service accounts": lambda at: f"ACME\\svc_{DRAW.choice(GENERAL)}{at}",
    "computers": lambda at: f"ACME\\HOST{at}$",
    "namespaces": lambda at: f"App\\{DRAW.choice(['Models', 'User', 'Order', 'Report'])}{at}",
    "registry": lambda at: f"HKLM\\Software\\Vendor\\Key{at}",
    "web pages": lambda at: f"/home/{DRAW.choice(['products', 'about', 'contact', 'jobs'])}/{at}",
    "code": lambda at: f"src/core/{DRAW.choice(['parser', 'reader'])}/handler_{at}.go",
    "certificates": lambda at: f"CN=Global Root CA {at},O=Trust Services,C=US",
    "hosts": lambda at: f"CN=web{at}.example.org,OU=Servers,DC=corp",
    "groups": lambda at: f"CN=Domain Admins {at},CN=Users,DC=corp",
    "settings": lambda at: f"timeout={at};retries={at % 5};mode={DRAW.choice(GENERAL)}",
    "queries": lambda at: f"?page={at}&sort={DRAW.choice(['price', 'date'])}&utm_source=mail",
    "style": lambda at: f"color: {DRAW.choice(['red', 'blue', 'green'])}; width: {at}px",
    "sizes": lambda at: f"width={at} height={at * 2} depth={at % 7}",
    "shifts": lambda at: f"A << {at}; B<<{at % 8}",
    "C++ output": lambda at: f'std::cout << "{at}" << std::endl;',
    "articles": lambda at: f"colour=RED;size={at % 40};material={DRAW.choice(['OAK', 'STEEL'])}",
    "versions": lambda at: f"os=linux;arch=arm64;build={at}",
    "genomics": lambda at: f"ID=gene{at};Name=ABC{at % 90};biotype=protein_coding",
    "goods": lambda at: f"name={DRAW.choice(['Oak', 'Steel'])} Lamp {at};price={at}",
    "markup": lambda at: f'<input name="field{at}" type="text" class="wide" id="f{at}">',
    "calls": lambda at: f"plot(x, y, label='run {at}', color='red', name='series {at}')",
    "addresses of pages": lambda at: f"https://www.acme.org/list?offset={at}&sort=asc",
    "programs": lambda at: f"C:\\Program Files\\Vendor\\tool{at}.exe",
    "builds": lambda at: f"/home/runner/work/repo/{at} /home/jenkins/agent/{at}",
    "places": lambda at: f"city={DRAW.choice(['Ulm', 'Bonn', 'Kiel'])};zone={at % 9}",
    "schedules": lambda at: f"start: 2024-01-{1 + at % 28:02d}; room: {at}",
    "variants": lambda at: f"AC={at};AF=0.{at};AN={2 * at};DP={at * 3}",
    "levels": lambda at: f"level=info msg=done took={at}ms",
}
"""Cells written alike in which nobody is."""


@pytest.mark.parametrize("kind", HARMLESS)
def test_text_of_the_same_form_in_which_nobody_is_stays(kind: str) -> None:
    """Machines' own folders, accounts and settings."""
    cells = [HARMLESS[kind](at) for at in range(ROWS)]
    assert _finding(cells).verdict not in DIRECT_IDENTIFIERS
    frame = pd.DataFrame({"c": cells})
    out = anonymize.anonymize_frame(frame, policy_of("  c: {action: keep}\n"))
    assert out["c"].tolist() == cells

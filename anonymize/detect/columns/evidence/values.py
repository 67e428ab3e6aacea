"""Evidence from values alone, whatever the column's name. One function per family of values; each
adds its evidence to the column's.
"""

from __future__ import annotations

import re
from statistics import median

import pyarrow.types as pt

from anonymize.detect.columns.column_evidence import ColumnEvidence, of
from anonymize.detect.columns.evidence.labelled_births import labelled_births
from anonymize.detect.columns.evidence.numbers import account_numbers, phones
from anonymize.detect.columns.evidence.people_and_places import (
    closed_sets,
    organizations,
    persons,
    places,
)
from anonymize.detect.columns.evidence.plates import plates
from anonymize.detect.columns.evidence.salutations import salutations
from anonymize.detect.network_addresses import is_ipv6, is_mac, is_network
from anonymize.detect.vocabulary.lexicon import fold, lexicon
from anonymize.detect.weights import STRONG

_VERSIONS = frozenset(
    [
        "version",
        "versions",
        "ver",
        "release",
        "build",
        "firmware",
        "revision",
        "bios",
        "sdk",
        "semver",
    ]
)
"""Words of a name that say of four numbers with dots what they are."""


def machine_shapes(case: ColumnEvidence) -> None:
    """E-mail, URL, IP, MAC, UUID, secrets with a form of their own."""
    v = case.values
    if (s := v.padded_ipv4) > 0.8 and v.n >= 3:
        case.add(
            "IP_ADDRESS",
            0.95 * s,
            of(case, s, "are IPv4 addresses with zeros before their numbers"),
            share=s,
        )
    if v.numeric:  # so are four times three digits to some
        return
    if (s := v.mail) > 0.15:
        case.add(
            "EMAIL_ADDRESS",
            0.99 if s > 0.6 else 0.3 + s,
            of(case, s, "are e-mail addresses"),
            share=s,
            hard=True,
        )
        return
    if (
        s := max(v.share("url"), v.share_of(lambda t: t.startswith(("http://", "https://"))))
    ) > 0.4:
        case.add("URL", 0.97 * s, of(case, s, "are web addresses"), share=s, hard=True)
    if (s := v.ipv4) > 0.4 and not _VERSIONS.intersection(case.name.tokens):
        wide = v.spread_addresses
        case.add(
            "IP_ADDRESS",
            (0.95 if wide else 0.3) * s,
            of(case, s, "are IPv4 addresses"),
            share=s,
            hard=wide,
        )
    if (s := v.mac) > 0.5:
        case.add("MAC_ADDRESS", 0.96 * s, of(case, s, "are MAC addresses"), share=s, hard=True)
    elif (s := v.ipv6) > 0.5 and v.date_share < 0.2:
        case.add("IP_ADDRESS", 0.95 * s, of(case, s, "are IPv6 addresses"), share=s, hard=True)
    if (s := v.share("uuid")) > 0.5:
        case.add("RECORD_ID", 0.93 * s, of(case, s, "are UUIDs"), share=s, hard=True)
    if (s := max(v.share("bcrypt"), v.share("token"))) > 0.4:
        case.add(
            "SECRET",
            0.95 * s,
            of(case, s, "are password hashes or access tokens"),
            share=s,
            hard=True,
        )
    if (s := v.share("handle")) > 0.7:
        case.add("USERNAME", 0.85 * s, of(case, s, "start with @"), share=s)


def dates(case: ColumnEvidence) -> None:
    """Dates and times, by type or by writing; birth dates where they reach back a generation."""
    v = case.values
    s = v.date_share
    if s > 0.4:
        case.add(
            "DATE_TIME",
            0.9 * s,
            (
                "the column's type is a date"
                if pt.is_temporal(case.sample.type)
                else of(case, s, "are dates or times")
            ),
            share=s,
        )
    elif (s := v.share("digit_date")) > 0.95 and v.n >= 5:
        case.add("DATE_TIME", 0.8, of(case, s, "read as dates without separators"), share=s)
    elif v.share("year") == 1.0 and v.n >= 2 and all(1900 <= x <= 2060 for x in v.numbers):
        case.add("DATE_TIME", 0.5, "all values are years", share=1.0)
    elif v.in_set("months") > 0.8 and v.n > 1:
        case.add("DATE_TIME", 0.75, "values are names of months or days", share=1.0)
    elif (
        v.share("epoch") > 0.95
        and v.n >= 5
        and (case.says("DATE_TIME") or _of_one_generation(case))
    ):
        case.add("DATE_TIME", 0.5, "values are Unix times", share=1.0)


def _of_one_generation(case: ColumnEvidence) -> bool:
    """Return whether nameless numbers lie apart within twenty years of seconds, as Unix times do
    and keys do not.
    """
    v = case.values
    if not (case.name.meaningless and v.integers and v.numbers and v.n >= 20 and v.sequence < 0.2):
        return False
    return 20 * 86_400 < max(v.numbers) - min(v.numbers) < 20 * 366 * 86_400


def record_ids(case: ColumnEvidence) -> None:
    """Keys of rows: unique, of one form, or counting up."""
    v = case.values
    if (
        v.n < 3
        or v.boolean
        or v.date_share > 0.3
        or (pt.is_floating(case.sample.type) and not v.integers)
    ):
        return
    unique = case.sample.distinct_share
    if v.integers and v.sequence > 0.6 and unique > 0.9:
        case.add("RECORD_ID", 0.7, "values count up by one", share=1.0)
    elif (
        not v.numeric
        and (s := v.share("prefixed_id")) > 0.85
        and unique > 0.5
        and v.mean_length >= 4
        and v.share("version") < 0.5
    ):
        same = len({t.rstrip("0123456789abcdefABCDEF-_") for t in v.few}) <= 3
        case.add(
            "RECORD_ID", (0.7 if same else 0.55) * s, of(case, s, "are codes of one form"), share=s
        )
    elif v.numbered and v.words <= 1 and unique > 0.5:
        case.add("RECORD_ID", 0.55, "values are the same words with other numbers", share=1.0)
    elif (s := v.share("hex_hash")) > 0.8 and unique > 0.5:
        case.add("RECORD_ID", 0.7 * s, of(case, s, "are hexadecimal keys"), share=s)
    elif (
        v.integers
        and unique > 0.97
        and v.n >= 50
        and v.numbers
        and min(v.numbers) >= 0
        and median(v.numbers) > 1000
        and (case.position == 0 or not case.name.meaningless or _of_one_length(case))
        and not pt.is_floating(case.sample.type)
    ):
        case.add("RECORD_ID", 0.46, "whole numbers, no two alike", share=1.0)


def _of_one_length(case: ColumnEvidence) -> bool:
    """Return whether nearly all values have as many digits, as numbers that were given out do and
    amounts do not.
    """
    v = case.values
    lengths = [len(t) for t in v.few]
    return max(map(lengths.count, set(lengths))) > 0.95 * len(lengths)


def secrets(case: ColumnEvidence) -> None:
    """Passwords: short, unique, mixed characters in no fixed form."""
    v = case.values
    if v.numeric or v.boolean or v.n < 5 or v.words > 1 or v.date_share > 0.1 or v.mail > 0.1:
        return

    def mixed(text: str) -> bool:
        kinds = (
            any(c.islower() for c in text),
            any(c.isupper() for c in text),
            any(not c.isalnum() and c not in "-_ ." for c in text),
        )
        return 6 <= len(text) <= 22 and any(map(str.isdigit, text)) and sum(kinds) >= 2

    if (s := v.share_of(lambda t: _PASSWORD.search(t) is not None)) > 0.5:
        case.add("SECRET", 0.75 * s, of(case, s, "contain a word for password"), share=s)
    s = v.share_of(mixed)
    if (
        s > 0.5
        and case.sample.distinct_share > 0.8
        and v.share("prefixed_id") < 0.5
        and v.share("uuid") < 0.1
        and v.one_shape < 0.6
        and not v.numbered
        and v.share("url") < 0.1
        and v.share("color") < 0.9
        and v.masked < 0.5
        and v.share_of(_of_a_device_or_network) < 0.5
    ):
        case.add(
            "SECRET",
            0.65 * s + 0.15,
            of(case, s, "mix letters, digits and marks in no fixed form"),
            share=s,
        )


def logins(case: ColumnEvidence) -> None:
    """Login names: one lower-case word made of a person's names, all different."""
    v = case.values
    if v.numeric or v.boolean or v.n < 5 or v.words > 1 or v.share("username") < 0.8:
        return
    if (
        s := v.share_of(
            lambda t: t[-1:].isdigit() and fold(t.rstrip("0123456789")) in lexicon()["given"]
        )
    ) > 0.6:
        case.add("USERNAME", 0.65 * s, of(case, s, "are a given name with a number"), share=s)
    if (s := v.login_like) > (0.35 if case.sample.distinct_share >= 0.6 else 0.6):
        case.add(
            "USERNAME",
            min(0.85, 0.4 + 0.6 * s),
            of(case, s, "are put together from names like logins"),
            share=s,
        )


def free_text(case: ColumnEvidence) -> None:
    """Prose: many words, no two cells alike."""
    v = case.values
    if v.numeric or v.boolean or v.n == 0 or v.date_share > 0.3:
        return
    if v.share_of(lambda t: _USER_AGENT.match(t) is not None or _PATH.search(t) is not None) > 0.5:
        return  # many words, and version numbers that read like addresses, but nobody wrote them
    if case.says("STREET_ADDRESS") >= STRONG:
        return
    if v.words == 4 or v.words == 5:
        _short_sentences(case)
    if v.words >= 6 and v.street < 0.5:
        case.add(
            "FREE_TEXT",
            min(0.9, 0.4 + 0.04 * v.words)
            * (1.0 if case.sample.distinct_share > 0.3 or v.n > 30 else 0.7),
            f"cells hold a median of {v.words:.0f} words",
            share=1.0,
        )


def _short_sentences(case: ColumnEvidence) -> None:
    """A few words each that end like sentences, or are written like them and differ from row to
    row.
    """
    v = case.values
    if (s := v.share_of(lambda t: t.endswith((".", "!", "?", "。")) and " " in t)) > 0.6:
        case.add("FREE_TEXT", 0.6 * s, of(case, s, "are sentences"), share=s)
    elif (s := v.phrases) > 0.8 and v.n >= 5 and case.sample.distinct_share > 0.6:
        case.add("FREE_TEXT", 0.55 * s, of(case, s, "are written like sentences"), share=s)


CLUES = (
    machine_shapes,
    account_numbers,
    phones,
    dates,
    labelled_births,
    salutations,
    persons,
    places,
    closed_sets,
    organizations,
    record_ids,
    secrets,
    logins,
    free_text,
    plates,
)
"""Every clue, in the order that later ones rely on."""


def _of_a_device_or_network(text: str) -> bool:
    return is_ipv6(text) or is_mac(text) or is_network(text)


_PASSWORD = re.compile(r"(?i)pass|pwd|secret|geheim|passwort|motdepasse|contrase|senha")
_PATH = re.compile(r"\w > \w")
_USER_AGENT = re.compile(
    r"(?:Mozilla|Opera|Dalvik|okhttp|curl|Wget|python-requests|PostmanRuntime)/\d"
)

"""What a column's name suggests, in seven languages: tokens, phrases, and nouns that change a
phrase's meaning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from anonymize.detect.columns.header_tokens import (
    known_tokens,
    matching_phrases,
    person_words,
    tokenize,
)
from anonymize.detect.interface import DIRECT_IDENTIFIERS
from anonymize.detect.vocabulary.header_words import (
    between,
    heads_about_a_thing,
    name_words,
    nothing_personal,
    organizations,
    things,
)
from anonymize.detect.vocabulary.lexicon import fold
from anonymize.detect.weights import HINT, LIKELY, STRONG
from anonymize.detect.words import word_set

_PATH_DOT = re.compile(r"\.(?=\w)")
"""A dot between the parts of a nested path; one before a blank or a dash ends an abbreviation:
``Geb.-Datum``.
"""
_DOTTED = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}[^\W\d_]?(?![^\W_])")
"""Letters with dots behind them, one word together: ``D.O.B.``."""
_OTHERS = re.compile(r"\s*(?:[/|&;]|\bor\b|\boder\b|\bou\b)\s*", re.IGNORECASE)
"""What stands between two things that one column holds: ``Teams/Skype``."""
_ASIDE = re.compile(r"\s*\([^()]*\)\s*$")
_MEANINGLESS = re.compile(
    r"(?:c|col|column|field|f|v|var|x|attr|feature|unnamed|spalte|columna|colonne|campo|champ|feld)?\d*"
)
_DEMOTING_FIRST = word_set("""
    is has was can should use num number no n nb count total avg average mean median max min sum pct
    percent flag days months years hours minutes time has_been last_n rate anzahl type tipo typ
    status kind jenis tipe kategori вид тип rodzaj druh tur numero nr nro
    """)
_KEYS = word_set("id no nr num key")
_FLAGS = word_set("has is had was")
_HAVE_AN_AGE = word_set(
    "house property home policy loan machine membership subscription tenure equipment tree wine"
    " ticket"
)
NUMBERED_THINGS = word_set("""
    part parts partno partnr partnumber teil teile item sku skus isbn isbn10 isbn13 issn ean ean13
    upc gtin asin mpn article artikel
    articulo articolo product produkt produit producto prodotto model models catalog catalogue
    katalog barcode sachnummer teilenummer artikelnummer material component spare hs cas doi
    """)
"""Words for things whose numbers are printed on all of a kind, so that they tell nobody's."""
_DIGESTS = word_set("""
    sha md crc blake xxh xxhash etag checksum checksums prufsumme pruefsumme digest commit commits
    revision rev blob tree git file content object sum hash hex hexdigest id
    """)
_DIGEST_OF_CONTENT = _DIGESTS - word_set("file content object hash hex id digest sum")
"""Words for a digest of a file or a commit, and those among them that say it alone."""
NAMED_AFTER_PEOPLE = word_set("""
    brand brands make makes marke marken marque marques marca marche merk label labels manufacturer
    hersteller fabricant fabricante produttore fabrikant designer maker
    """)
"""Words for firms that are called like their founders: few names, often repeated, under them are
theirs.
"""
_VERSIONS = word_set("version versions ver vers firmware fw build builds release kernel bios")
_NUMBERS = word_set("no number nr num numero nummer nro numer nummern")
_HAVE_NUMBERS = frozenset(("NATIONAL_ID", "BANK_ACCOUNT", "CREDIT_CARD", "PHONE_NUMBER"))
_DEVICES = word_set("""
    imei imeisv imsi iccid esn meid udid idfa gaid aaid androidid fin vin fahrgestellnummer
    fahrgestell chassis fahrgestellnr
""")
"""Words for numbers of somebody's device or vehicle."""
_SUMS = word_set("total sum avg average mean min max median")
_SENDS = word_set("ship bill sold deliver mail send pay sell")


@dataclass(frozen=True)
class NameEvidence:
    """How strongly a name points at each verdict."""

    tokens: tuple[str, ...] = ()
    says: Mapping[str, float] = field(default_factory=dict)
    """Verdict → 0 to 0.95."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Verdict → the phrase in the name that says so."""
    nothing: float = 0.0
    """How strongly the name says that the column is *not* personal: ``email_status``, ``price``."""
    meaningless: bool = False
    """Whether the name says nothing at all: ``col7``, ``field_3``, empty."""


@lru_cache(maxsize=8192)
def name_evidence(name: str) -> NameEvidence:
    """Return the evidence of ``name``. For a nested path the last part decides; its parents add
    context if it is generic.
    """
    name = _DOTTED.sub(lambda match: match[0].replace(".", ""), name)
    parts = [part for part in _PATH_DOT.split(name.replace("[]", "")) if part.strip(" .")]
    if not parts or _MEANINGLESS.fullmatch(fold(name).replace(" ", "").replace("_", "")):
        return NameEvidence(tokenize(name), meaningless=True)
    tokens = known_tokens(tokenize(parts[-1]))
    before_aside = known_tokens(tokenize(_ASIDE.sub("", parts[-1])))
    if before_aside != tokens and matching_phrases(before_aside):
        # passport (series, number): what stands in brackets is about the noun before it
        tokens = before_aside
    if len(parts) > 1 and (
        not matching_phrases(tokens) or _one_phrase(known_tokens(tokenize(parts[-2])), tokens)
    ):
        tokens = known_tokens(tokenize(parts[-2])) + tokens
    return _with_others(parts[-1], _evidence(tokens))


def _one_phrase(before: tuple[str, ...], tokens: tuple[str, ...]) -> bool:
    """Return whether the words on both sides of a dot form a phrase about a person, such as
    ``birth.date``.
    """
    own = {verdict for _, _, verdict, _ in matching_phrases(tokens)}
    across = {
        v
        for start, end, v, w in matching_phrases(before + tokens)
        if start < len(before) < end and w == STRONG
    }
    return bool(DIRECT_IDENTIFIERS & across) and not DIRECT_IDENTIFIERS & own


def _with_others(name: str, evidence: NameEvidence) -> NameEvidence:
    """Return the evidence, with that of a part of ``name`` that refers to a person by itself:
    ``Teams/Skype``.
    """
    parts = [known_tokens(tokenize(part)) for part in _OTHERS.split(name)]
    says, words = dict(evidence.says), dict(evidence.words)
    heard = [_evidence(part) for part in parts if part] if len(parts) > 1 else []
    for other in heard:
        for verdict in DIRECT_IDENTIFIERS & frozenset(other.says):
            if other.says[verdict] > says.get(verdict, 0.0) and other.says[verdict] >= LIKELY:
                says[verdict], words[verdict] = other.says[verdict], other.words.get(verdict, "")
    who = max((says[verdict] for verdict in DIRECT_IDENTIFIERS & frozenset(says)), default=0.0)
    if heard and who >= LIKELY:
        says = {v: w if v in DIRECT_IDENTIFIERS else w * 0.4 for v, w in says.items()}
    return replace(
        evidence,
        says=says,
        words=words,
        nothing=0.0 if heard and who >= LIKELY else evidence.nothing,
    )


def _evidence(tokens: tuple[str, ...]) -> NameEvidence:
    tokens = _with_recipients(tokens)
    content = tuple(t for t in tokens if t not in between() and not t.isdigit()) or tokens
    says: dict[str, float] = {}
    words: dict[str, str] = {}
    covered: set[int] = set()
    tail = len(content)
    while tail > 1 and content[tail - 1] in _NUMBERS:
        tail -= 1
    numbered = any(
        end == tail and verdict in _HAVE_NUMBERS for _, end, verdict, _ in matching_phrases(content)
    )
    for start, end, verdict, weight in matching_phrases(content):
        if numbered and start >= tail and verdict == "RECORD_ID":
            continue  # the number of an identity card is no number of a row
        last, first = end == len(content) or (end == tail and verdict in _HAVE_NUMBERS), start == 0
        factor = (
            1.0
            if last or (first and weight == STRONG and end - start > 1)
            else 0.8
            if first
            else 0.6
        )
        if weight * factor > says.get(verdict, 0.0):
            says[verdict], words[verdict] = weight * factor, " ".join(content[start:end])
        if end - start > 1 or len(content) == 1:
            covered.update(range(start, end))
    nothing = _nothing(content, covered)
    return _turned(content, NameEvidence(tokens, says, words, nothing))


def _with_recipients(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``tokens`` with ``ship to``, ``bill to``, … as one word for who receives it."""
    found: list[str] = []
    for word in tokens:
        if word == "to" and found and found[-1] in _SENDS:
            found[-1] = "recipient"
        else:
            found.append(word)
    return tuple(found)


def _turned(content: tuple[str, ...], evidence: NameEvidence) -> NameEvidence:
    """Return the evidence after nouns that own the name are heard: product name, company name, city
    name.
    """
    says, nothing = dict(evidence.says), evidence.nothing
    bare_name = (
        name_words().intersection(content)
        and len(content) > 1
        and says.get("PERSON_NAME", 0) < STRONG
    )
    if bare_name:
        if set(content).intersection(organizations()):
            says["ORGANIZATION"] = STRONG
            says.pop("PERSON_NAME", None)
        elif any(
            says.get(v, 0) >= LIKELY
            for v in ("CITY", "COUNTRY", "REGION", "STREET_ADDRESS", "USERNAME")
        ):
            says["PERSON_NAME"] = 0.0
        elif set(content).intersection(things()):
            says.pop("PERSON_NAME", None)
            nothing = max(nothing, 0.85)
        elif not set(content).intersection(person_words()):
            says["PERSON_NAME"] = min(says.get("PERSON_NAME", 0.0), HINT + 0.1)
    of_age = {
        word
        for start, end, what, _ in matching_phrases(content)
        if what == "AGE"
        for word in content[start:end]
    }
    others = set(content) - of_age  # the group of an age group is none of things
    if says.get("AGE", 0) and others.intersection(things() | organizations() | _HAVE_AN_AGE):
        says.pop("AGE")
        nothing = max(nothing, 0.8)
    if (
        content
        and content[0] in _FLAGS
        and max(says.get("HEALTH", 0), says.get("DEMOGRAPHIC", 0)) >= STRONG
    ):
        nothing = 0.0  # has diabetes, is married: the flag is what is personal
    if content and content[-1] == "location":
        says.pop("PERSON_NAME", None)
    if nothing >= 0.6 and not (content[0] in _SUMS and says.get("FINANCIAL", 0) >= LIKELY):
        says = {
            verdict: (
                weight
                * (0.6 if verdict in ("RECORD_ID", "HEALTH", "FINANCIAL", "DATE_TIME") else 0.4)
            )
            for verdict, weight in says.items()
        }
    return NameEvidence(
        evidence.tokens, {v: w for v, w in says.items() if w > 0.05}, evidence.words, nothing
    )


def _nothing(content: tuple[str, ...], covered: set[int]) -> float:
    if not content:
        return 0.0
    last = len(content) - 1
    if " ".join(content) in nothing_personal() or (
        len(content) == 1 and content[0] in nothing_personal()
    ):
        return 0.8
    if content[last] in heads_about_a_thing() and last not in covered:
        return 0.8
    if len(content) > 1 and content[last] in nothing_personal() and last not in covered:
        return 0.8
    if (
        len(content) == 2
        and content[0] in nothing_personal()
        and len(content[1]) <= 3
        and content[1] not in _KEYS
    ):
        return (
            0.8  # fuel cap: so short a word says little behind one that says that nobody is meant
        )
    if (
        len(content) == 2
        and content[1] in _NUMBERS
        and content[0] in nothing_personal()
        and not covered
    ):
        return 0.8
    if len(content) > 1 and content[0] in _DEMOTING_FIRST and 0 not in covered:
        return 0.75
    return 0.5 if any(token in nothing_personal() for token in content) and not covered else 0.0


def is_number_of_things(evidence: NameEvidence) -> bool:
    """Return whether a name indicates numbers of things that belong to no person: parts, articles,
    books.
    """
    return bool(NUMBERED_THINGS.intersection(evidence.tokens)) and not person_words().intersection(
        evidence.tokens
    )


def is_digest_of_content(evidence: NameEvidence) -> bool:
    """Return whether a name says that a column holds digests of files or commits, and of nothing
    that is somebody's: ``sha256``, ``file checksum``, ``etag``; not ``email_md5``.
    """
    tokens = frozenset(token for token in evidence.tokens if not token.isdigit())
    return bool(tokens & _DIGEST_OF_CONTENT) and tokens <= _DIGESTS


def is_version(evidence: NameEvidence) -> bool:
    """Return whether a name indicates software versions, which look like IP addresses."""
    return bool(_VERSIONS.intersection(evidence.tokens))


def is_number_of_a_device(evidence: NameEvidence) -> bool:
    """Return whether a name indicates numbers of devices or vehicles that a person carries or
    drives.
    """
    return bool(_DEVICES.intersection(evidence.tokens))

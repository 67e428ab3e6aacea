"""What a column's name says, in seven languages: tokens, phrases, and the nouns that turn a phrase
around.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from anonymize.detect.interface import DIRECT_IDENTIFIERS
from anonymize.detect.vocabulary.header_words import (
    between,
    heads_about_a_thing,
    name_words,
    nothing_personal,
    organizations,
    phrases,
    phrases_of_seven_languages,
    things,
)
from anonymize.detect.vocabulary.lexicon import fold
from anonymize.detect.weights import HINT, LIKELY, STRONG
from anonymize.detect.words import word_set

_CAMEL = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])"
)
_WORD = re.compile(r"[^\W_]+")
_SIGNS = {
    "🎂": "birthday",
    "🥳": "birthday",
    "📧": "email",
    "✉": "email",
    "📨": "email",
    "☎": "phone",
    "📞": "phone",
    "📱": "phone",
    "🏠": "address",
    "👤": "person",
    "🧑": "person",
    "📍": "coordinates",
    "🔑": "password",
}
"""Pictures that stand for a word."""
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
_SHORT_PIECES = word_set("""
    cust emp usr str tel num zip dob addr adr geb acct pat stu mgr sup
    """)
_DEMOTING_FIRST = word_set("""
    is has was can should use num number no n nb count total avg average mean median max min sum pct
    percent flag days months years hours minutes time has_been last_n rate anzahl type tipo typ
    status kind jenis tipe kategori вид тип rodzaj druh tur numero nr nro
    """)
_COUNTED = frozenset(("RECORD_ID", "DATE_TIME", "DEMOGRAPHIC", "AGE"))
_KEYS = word_set("id no nr num key")
_FLAGS = word_set("has is had was")
_HAVE_AN_AGE = word_set(
    "house property home policy loan machine membership subscription tenure equipment tree wine"
    " ticket"
)
NUMBERED_THINGS = word_set("""
    part parts sku skus isbn isbn10 isbn13 issn ean ean13 upc gtin asin mpn item article artikel
    articulo articolo product produkt produit producto prodotto model models catalog catalogue
    katalog barcode sachnummer teilenummer artikelnummer material component spare hs cas doi
    """)
"""Words for things whose numbers are printed on all of a kind, so that they tell nobody's."""
NAMED_AFTER_PEOPLE = word_set("""
    brand brands make makes marke marken marque marques marca marche merk label labels manufacturer
    hersteller fabricant fabricante produttore fabrikant designer maker
    """)
"""Words for firms that are called like their founders: few names, often repeated, under them are
theirs.
"""
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


def tokenize(name: str) -> tuple[str, ...]:
    """Return the folded words of ``name``: camelCase, snake_case and dots split, digits kept
    apart.
    """
    for sign, word in _SIGNS.items():
        name = name.replace(sign, f" {word} ") if sign in name else name
    words = _WORD.findall(_CAMEL.sub(" ", name))
    return tuple(word for raw in words for word in fold(raw).split())


@lru_cache(maxsize=8192)
def name_evidence(name: str) -> NameEvidence:
    """Return what ``name`` says; of a nested path the last part speaks, its parents help where it
    is bare.
    """
    name = _DOTTED.sub(lambda match: match[0].replace(".", ""), name)
    parts = [part for part in _PATH_DOT.split(name.replace("[]", "")) if part.strip(" .")]
    if not parts or _MEANINGLESS.fullmatch(fold(name).replace(" ", "").replace("_", "")):
        return NameEvidence(tokenize(name), meaningless=True)
    tokens = _known(tokenize(parts[-1]))
    before_aside = _known(tokenize(_ASIDE.sub("", parts[-1])))
    if before_aside != tokens and _matches(before_aside):
        # passport (series, number): what stands in brackets is about the noun before it
        tokens = before_aside
    if len(parts) > 1 and (
        not _matches(tokens) or _one_phrase(_known(tokenize(parts[-2])), tokens)
    ):
        tokens = _known(tokenize(parts[-2])) + tokens
    return _with_others(parts[-1], _evidence(tokens))


def _one_phrase(before: tuple[str, ...], tokens: tuple[str, ...]) -> bool:
    """Return whether words on both sides of a dot say together that somebody is meant:
    ``birth.date``.
    """
    own = {verdict for _, _, verdict, _ in _matches(tokens)}
    across = {
        v
        for start, end, v, w in _matches(before + tokens)
        if start < len(before) < end and w == STRONG
    }
    return bool(DIRECT_IDENTIFIERS & across) and not DIRECT_IDENTIFIERS & own


def _with_others(name: str, evidence: NameEvidence) -> NameEvidence:
    """Return the evidence with what a part of ``name`` says by itself of whom it means:
    ``Teams/Skype``.
    """
    parts = [_known(tokenize(part)) for part in _OTHERS.split(name)]
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
        end == tail and verdict in _HAVE_NUMBERS for _, end, verdict, _ in _matches(content)
    )
    for start, end, verdict, weight in _matches(content):
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
        for start, end, what, _ in _matches(content)
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


def _matches(content: tuple[str, ...]) -> list[tuple[int, int, str, float]]:
    """Return the longest phrases found: start, end, verdict, weight; shorter ones inside them are
    dropped.
    """
    index, found = _phrases(), []
    for start in range(len(content)):
        for end in range(min(len(content), start + 5), start, -1):
            for verdict, weight in index.get(content[start:end], ()):
                found.append((start, end, verdict, weight))
    widest = [
        (s, e, v, w)
        for s, e, v, w in found
        if not any(s2 <= s and e <= e2 and e2 - s2 > e - s for s2, e2, _, _ in found)
    ]
    return widest


def is_number_of_things(evidence: NameEvidence) -> bool:
    """Return whether a name says that a column numbers things: parts, articles, books; of no
    one's.
    """
    return bool(NUMBERED_THINGS.intersection(evidence.tokens)) and not person_words().intersection(
        evidence.tokens
    )


def is_number_of_a_device(evidence: NameEvidence) -> bool:
    """Return whether a name says that a column numbers devices or vehicles that somebody carries or
    drives.
    """
    return bool(_DEVICES.intersection(evidence.tokens))


@lru_cache(maxsize=1)
def _phrases() -> dict[tuple[str, ...], list[tuple[str, float]]]:
    index: dict[tuple[str, ...], list[tuple[str, float]]] = {}
    for verdict, by_weight in phrases().items():
        for weight, listed in by_weight.items():
            for phrase in listed:
                key = tuple(
                    t for t in fold(phrase).split() if t not in between() and not t.isdigit()
                ) or tuple(phrase.split())
                entry = index.setdefault(key, [])
                if key and all(known != verdict for known, _ in entry):
                    entry.append((verdict, weight))
    return index


@lru_cache(maxsize=1)
def _pieces() -> frozenset[str]:
    """Return the words a run-together name may be made of: ``STREETADDR``, ``custname``."""
    words = {
        word
        for by_weight in phrases_of_seven_languages().values()
        for listed in by_weight.values()
        for phrase in listed
        for word in fold(phrase).split()
        if len(word) >= 4 and word not in between()
    }
    return frozenset(words | _SHORT_PIECES | things() | heads_about_a_thing()) - {
        "date",
        "code",
        "land",
        "term",
    } | {
        "code",
        "date",
    }


@lru_cache(maxsize=1)
def person_words() -> frozenset[str]:
    """Return the words for people, whose *name* is a person's: customer, athlete, Kunde."""
    bare = {
        key[0]
        for key, known in _phrases().items()
        if len(key) == 1 and any(v == "PERSON_NAME" for v, _ in known)
    }
    return frozenset(bare - name_words()) | frozenset(
        {"cust", "emp", "full", "first", "last", "given", "family", "user"}
    )


def _known(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``tokens`` with run-together words taken apart, and neighbours joined that are one
    word together.
    """
    return tuple(piece for token in tokens for piece in _split(token) or (_singular(token),))


def _singular(token: str) -> str:
    """Return a word that is only known without its plural's s without it; not of what a plural
    counts or measures.
    """
    one = token[:-1]
    unknown = (
        token.endswith("s")
        and (token,) not in _phrases()
        and token not in heads_about_a_thing() | nothing_personal() | things()
    )
    known = _phrases().get((one,), []) if unknown and len(one) >= 4 else []
    return one if known and not _COUNTED.intersection(verdict for verdict, _ in known) else token


def _split(token: str) -> tuple[str, ...] | None:
    """Return the known words that ``token`` is made of, or None; a word that is known itself stays
    whole.
    """
    if (
        (token,) in _phrases()
        or token in heads_about_a_thing()
        or token in nothing_personal()
        or len(token) < 6
    ):
        return None
    pieces = _pieces()
    for cut in range(3, len(token) - 2):
        left, right = token[:cut], token[cut:]
        if left in pieces and right in pieces:
            return left, right
    return None

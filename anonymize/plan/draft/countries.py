"""Finds the country that a source's people are from, by the rows, for the locale of fake values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.policy.entity_names import KNOWN_COUNTRIES
from anonymize.transform.fake.faker_pools import LocaleError, pool
from anonymize.transform.fake.persons import LOCALE_OF_COUNTRY

DEFAULT_LOCALE = "en_US"
CLEAR = 0.8
"""Minimum share of the values that tell a country that must tell the same one."""
RARE = 0.02
"""Share of the phone numbers below which their prefix is not one of the source's."""
FEWEST = 5
"""Minimum number of values that tell a country."""
_LOOKED_AT = 2000
_ANYWHERE = frozenset(["AI", "CO", "FM", "IO", "LY", "ME", "TO", "TV", "WS"])
"""Endings of addresses that are registered for their letters, all over the world."""
_ENDING = re.compile(r"@.*\.([A-Za-z]{2})$")
_CALLED = re.compile(r"^\s*(?:\+|00)\s?(\d{1,3})")
_LATIN_INSTEAD = {"hi_IN": "en_IN"}
"""Locales of people whose names are written in Latin letters, by that with another script."""
_OTHER_SCRIPTS = frozenset(["ru", "uk", "bg", "el", "he", "ar", "ja", "ko", "zh", "th", "hi"])
_NAMES_TEXT = """
united states:US usa:US united states of america:US united kingdom:GB great britain:GB england:GB
canada:CA australia:AU new zealand:NZ ireland:IE india:IN germany:DE deutschland:DE austria:AT
osterreich:AT switzerland:CH schweiz:CH suisse:CH france:FR belgium:BE belgique:BE belgie:BE
spain:ES espana:ES mexico:MX argentina:AR colombia:CO chile:CL portugal:PT brazil:BR brasil:BR
italy:IT italia:IT netherlands:NL nederland:NL poland:PL polska:PL czech republic:CZ czechia:CZ
cesko:CZ slovakia:SK slovensko:SK hungary:HU magyarorszag:HU romania:RO bulgaria:BG croatia:HR
hrvatska:HR slovenia:SI slovenija:SI greece:GR turkey:TR turkiye:TR ukraine:UA russia:RU
sweden:SE sverige:SE
norway:NO norge:NO denmark:DK danmark:DK finland:FI suomi:FI estonia:EE eesti:EE latvia:LV
lithuania:LT israel:IL saudi arabia:SA japan:JP south korea:KR china:CN taiwan:TW thailand:TH
vietnam:VN indonesia:ID philippines:PH
"""
_CODE_OF_NAME = {
    name.strip(): code
    for name, code in re.findall(r"([a-z ]+):([A-Z]{2})", _NAMES_TEXT.replace("\n", " "))
}


class CountryVotes:
    """Counts what values say of the country: names and codes of countries, prefixes of phone
    numbers, endings of e-mail addresses.
    """

    def __init__(self) -> None:
        """Start without votes."""
        self._votes: dict[str, Counter[str]] = {}
        self._names = self._foreign = 0

    def add(self, verdict: str, texts: pa.Array) -> None:
        """Add the first values of a column of ``verdict``."""
        if verdict == "PERSON_NAME":
            self._add_names(texts)
            return
        told = {"COUNTRY": _named, "PHONE_NUMBER": _called, "EMAIL_ADDRESS": _ending}.get(verdict)
        votes = self._votes.setdefault(verdict, Counter())
        if told is None or votes.total() >= _LOOKED_AT:
            return
        votes.update(filter(None, map(told, texts.slice(0, _LOOKED_AT).to_pylist())))

    def country(self, said: Sequence[str] = ()) -> str | None:
        """Return the two-letter code of the country that the rows tell clearly, or the only one
        ``said``.
        """
        for verdict in ("COUNTRY", "PHONE_NUMBER", "EMAIL_ADDRESS"):
            votes = self._votes.get(verdict, Counter())
            if verdict == "PHONE_NUMBER" and len(said) == 1:
                return said[0].upper()
            if votes.total() >= FEWEST:
                code, count = votes.most_common(1)[0]
                if count >= CLEAR * votes.total():
                    return code
        return said[0].upper() if len(said) == 1 else None

    def searched(self, said: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the countries whose numbers the rows' texts may hold, in small letters: those
        ``said``, that of the people, and those of the prefixes of phone numbers.
        """
        votes = self._votes.get("PHONE_NUMBER", Counter())
        often = {code for code, count in votes.items() if count >= RARE * votes.total()}
        often |= {self.country(said) or ""}
        known = {code.lower() for code in often} | {"uk" for code in often if code == "GB"}
        return tuple(sorted({*said, *known.intersection(KNOWN_COUNTRIES)}))

    def searched_country(self) -> str | None:
        """Return the country that the rows tell clearly, in small letters, if its identifiers are
        known.
        """
        code = (self.country() or "").lower()
        return code if code in KNOWN_COUNTRIES else None

    def locale(self, said: Sequence[str] = ()) -> str:
        """Return Faker's locale for that country, in the script in which the rows write names."""
        found = LOCALE_OF_COUNTRY.get(self.country(said) or "", DEFAULT_LOCALE)
        if found.partition("_")[0] in _OTHER_SCRIPTS and 2 * self._foreign < self._names:
            found = _LATIN_INSTEAD.get(found, DEFAULT_LOCALE)
        try:
            for kind in ("first_name_male", "last_name_male"):
                pool(kind, found)
        except LocaleError:
            return DEFAULT_LOCALE
        return found

    def _add_names(self, texts: pa.Array) -> None:
        some = texts.slice(0, _LOOKED_AT).drop_null()
        latin = pc.match_substring_regex(some, r"\p{Latin}")
        self._names += len(some)
        self._foreign += len(some) - (pc.sum(latin).as_py() or 0)


def _named(text: str | None) -> str | None:
    from anonymize.detect.vocabulary.lexicon import fold

    word = (text or "").strip()
    code = word.upper() if word.upper() in LOCALE_OF_COUNTRY else _CODE_OF_NAME.get(fold(word))
    return "GB" if code == "UK" else code or ("?" if word else None)


def _called(text: str | None) -> str | None:
    import phonenumbers

    found = _CALLED.match(text or "")
    if found is None:
        return None
    for length in (1, 2, 3):
        code = phonenumbers.region_code_for_country_code(int(found[1][:length]))
        if code not in ("ZZ", "001"):
            return str(code)
    return None


def _ending(text: str | None) -> str | None:
    found = _ENDING.search((text or "").strip())
    code = found[1].upper() if found else ""
    code = "GB" if code == "UK" else code
    if not text or code in _ANYWHERE:
        return None
    return code or "?"

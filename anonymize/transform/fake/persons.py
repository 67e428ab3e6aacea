"""Fake persons: name, e-mail, user name and title of the same person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.fake.draws import KeyedDraws
from anonymize.transform.fake.faker_pools import ascii_pool, pool

FAMILY_FIRST: Mapping[str, str] = MappingProxyType(
    {"ja_JP": " ", "hu_HU": " ", "vi_VN": " ", "ko_KR": "", "zh_CN": "", "zh_TW": ""}
)
"""Separator between family name and given name in locales where the family name comes first."""

_LOCALES_TEXT = """
US:en_US GB:en_GB UK:en_GB CA:en_CA AU:en_AU NZ:en_NZ IE:en_IE IN:hi_IN DE:de_DE AT:de_AT CH:de_CH
FR:fr_FR BE:fr_BE ES:es_ES MX:es_MX AR:es_AR CO:es_CO CL:es_CL PT:pt_PT BR:pt_BR IT:it_IT NL:nl_NL
PL:pl_PL CZ:cs_CZ SK:sk_SK HU:hu_HU RO:ro_RO BG:bg_BG HR:hr_HR SI:sl_SI GR:el_GR TR:tr_TR UA:uk_UA
RU:ru_RU SE:sv_SE NO:no_NO DK:da_DK FI:fi_FI EE:et_EE LV:lv_LV LT:lt_LT IL:he_IL SA:ar_SA AE:ar_SA
EG:ar_SA JP:ja_JP KR:ko_KR CN:zh_CN TW:zh_TW TH:th_TH VN:vi_VN ID:id_ID PH:en_US
"""

LOCALE_OF_COUNTRY: Mapping[str, str] = MappingProxyType(
    dict(pair.split(":") for pair in _LOCALES_TEXT.split())
)
"""Faker's locale for a country's two-letter code."""

_MEN = (
    "m male man boy mr h homme hombre herr mann männlich masculino maschio uomo mężczyzna ч чоловік"
    " м мужской"
)
_WOMEN = (
    "f w female woman ms mrs femme mujer frau weiblich femenino feminino femmina donna kobieta ж"
    " жінка женский"
)
_GENDERS = {
    **dict.fromkeys((*_MEN.split(), "男", "男性", "남", "남성", "남자", "पुरुष", "ذكر", "זכר"), 0),
    **dict.fromkeys(
        (*_WOMEN.split(), "女", "女性", "여", "여성", "여자", "महिला", "أنثى", "נקבה"), 1
    ),
}
"""Values of gender columns, in small letters without a final dot."""

_TITLES = pa.array(["Mr.", "Ms."])

Genders = npt.NDArray[np.int64]
"""0 for a man's name, 1 for a woman's, -1 if unknown."""


def genders_of(column: pa.Array | None, rows: int) -> Genders:
    """Return the genders in a column, in the languages of the more common locales; -1 for nulls and
    anything else.
    """
    if column is None:
        return np.full(rows, -1)
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    known = [
        _GENDERS.get(str(value).strip().lower().rstrip("."), -1)
        for value in encoded.dictionary.to_pylist()
    ]
    places: npt.NDArray[np.int64] = np.asarray(encoded.indices.fill_null(len(known))).astype(
        np.int64
    )
    return np.array([*known, -1], np.int64)[places]


class Persons:
    """Fake persons of one locale, one per draw. Every column of a person is made from the same
    draws.
    """

    def __init__(self, digits: KeyedDraws, locale: str, genders: Genders | None = None) -> None:
        """Choose gender (if not given), given name, family name and number, in this order."""
        drawn = digits.below(2)
        self.female = drawn if genders is None else np.where(genders < 0, drawn, genders)
        self.locale = locale
        self._first = self._choose(digits, "first_name")
        self._last = self._choose(digits, "last_name")
        self._number = digits.below(9000) + 1000

    def _choose(self, digits: KeyedDraws, kind: str) -> npt.NDArray[np.int64]:
        """Return positions in the pool of men's names followed by women's."""
        men, women = (len(pool(f"{kind}_{sex}", self.locale)) for sex in ("male", "female"))
        drawn = digits.below(men * women)
        return np.where(self.female == 1, men + drawn // men, drawn % men)

    def _words(self, kind: str, places: npt.NDArray[np.int64], plain: bool = False) -> pa.Array:
        halves = [f"{kind}_male", f"{kind}_female"]
        pools = [
            ascii_pool(half, self.locale) if plain else pool(half, self.locale).values
            for half in halves
        ]
        return pa.concat_arrays(pools).take(pa.array(places))

    def first_name(self) -> pa.Array:
        """Return the given names."""
        return self._words("first_name", self._first)

    def last_name(self) -> pa.Array:
        """Return the family names."""
        return self._words("last_name", self._last)

    def name(self) -> pa.Array:
        """Return the full names, in the order of the locale."""
        parts = [self.first_name(), self.last_name()]
        if self.locale in FAMILY_FIRST:
            parts.reverse()
        return pc.binary_join_element_wise(*parts, FAMILY_FIRST.get(self.locale, " "))

    def title(self) -> pa.Array:
        """Return Mr. or Ms."""
        return _TITLES.take(pa.array(self.female))

    def email(self, suffix: pa.Array | None = None) -> pa.Array:
        """Return addresses at example.com from the name and ``suffix``, or the person's number."""
        return pc.binary_join_element_wise(self._handle(".", suffix), "example.com", "@")

    def user_name(self, suffix: pa.Array | None = None) -> pa.Array:
        """Return user names from the name and ``suffix``, or the person's number."""
        return self._handle("_", suffix)

    def _handle(self, separator: str, suffix: pa.Array | None) -> pa.Array:
        first, last = (
            self._words("first_name", self._first, True),
            self._words("last_name", self._last, True),
        )
        name = pc.binary_join_element_wise(first, last, separator)
        if suffix is not None:
            return pc.binary_join_element_wise(name, suffix, separator)
        return pc.binary_join_element_wise(name, pa.array(self._number).cast(pa.string()), "")

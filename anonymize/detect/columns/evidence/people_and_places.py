"""Evidence from values for people and places: names, addresses, groups, companies."""

from __future__ import annotations

import re

from anonymize.detect.columns.column_evidence import ColumnEvidence, of
from anonymize.detect.vocabulary.lexicon import fold, lexicon
from anonymize.detect.words import word_set

ALL_FULL_NAMES = 0.8
"""Share of full names from which a few values, each in many rows, are people rather than kinds."""
MANY = 30
"""Distinct values from which dictionaries outweigh a header that says that nobody is meant."""


def persons(case: ColumnEvidence) -> None:
    """Names of people, from the dictionaries: whole names, given names, family names."""
    v = case.values
    if v.numeric or v.boolean or v.n == 0 or v.words > 6 or v.name_shaped < 0.5 or v.mail > 0.3:
        return
    if (s := v.share_of(lambda t: _TITLED.match(t) is not None)) > 0.7 and v.n >= 3:
        case.add(
            "PERSON_NAME",
            0.85 * s,
            of(case, s, "begin with a title, as names of people do"),
            share=s,
        )
    whole = v.person
    if whole > 0.25 and v.words >= 2:
        places = max(v.listed("city"), v.listed("country"), v.listed("region"))
        strength = min(0.97, 0.25 + 0.85 * whole) if whole > places + 0.2 else 0.3
        few = v.n < 12 and case.sample.distinct_share < 0.2
        strength *= (0.55 if whole > ALL_FULL_NAMES else 0.5) if few else 1.0
        strength *= (
            0.4 if v.phrases > 0.5 or v.common_noun > 0.2 else 1.0
        )  # transfer from Anna, … Airport
        case.add(
            "PERSON_NAME",
            strength * (0.75 if v.share("company") > 0.5 else 1.0),
            of(case, whole, "are made of given and family names"),
            share=whole,
            hard=whole > 0.8 and v.n >= MANY and v.phrases <= 0.5,  # whatever the header says
        )
        return
    single = max(v.given, v.surname)
    if (v.words == 1 or (v.words <= 3 and v.surname > 0.8)) and single > 0.35 and v.n >= 3:
        rival = max(
            v.listed("city"),
            v.listed("country"),
            v.listed("region"),
            v.in_set("months"),
            v.in_set("gender"),
            v.in_set("race"),
        )
        capital = v.share_of(
            lambda t: t[:1].isupper() or t.split()[-1][:1].isupper()
        )  # van der Berg
        strength = min(0.9, 0.2 + 0.8 * max(v.given, 0.9 * v.surname)) * (
            1.0 if capital > 0.7 else 0.35
        )
        strength *= 1.0 if single > rival + 0.1 or v.given > 0.8 else 0.5
        few = v.n < 12 and case.sample.distinct_share < 0.2
        case.add(
            "PERSON_NAME",
            strength * (0.5 if few else 1.0),
            of(case, single, "stand in dictionaries of names"),
            share=single,
            hard=v.given > 0.8 and v.n >= 30,
        )


def places(case: ColumnEvidence) -> None:
    """Countries, regions, cities, streets, postcodes, coordinates."""
    v = case.values
    if v.n == 0:
        return
    if (s := v.share("lat_lon")) > 0.6:
        case.add("LATITUDE_LONGITUDE", 0.95 * s, of(case, s, "are pairs of coordinates"), share=s)
    if (s := v.share("position")) > 0.6:
        what = "are positions with N, S, E or W"
        case.add(
            "LATITUDE_LONGITUDE", 0.95 * s, of(case, s, what), share=s, hard=True
        )  # whatever the header says
    if not v.numeric and (s := v.street) > 0.3:
        case.add(
            "STREET_ADDRESS",
            min(0.95, 0.25 + 0.75 * s) if v.words < 14 else 0.2,
            of(case, s, "are written like a street with its number"),
            share=s,
        )
    if v.boolean:
        return
    if (
        not v.numeric
        and v.words <= 4
        and (s := v.share_of(lambda t: _STREET_NAME.search(t) is not None)) > 0.5
    ):
        case.add("STREET_ADDRESS", 0.7 * s, of(case, s, "end like names of streets"), share=s)
    _postcodes(case)
    if v.numeric:
        return
    if (s := v.share("city_state_zip")) > 0.6:
        case.add(
            "STREET_ADDRESS", 0.8 * s, of(case, s, "are a city, a state and a postcode"), share=s
        )
    place = max(case.says(verdict) for verdict in ("CITY", "POSTAL_CODE", "STREET_ADDRESS"))
    if place and (s := v.share_of(lambda t: _CODE_AND_CITY.fullmatch(t) is not None)) > 0.7:
        case.add("STREET_ADDRESS", 0.8 * s, of(case, s, "are a postcode and a city"), share=s)
    if v.date_share > 0.3 or v.words > 5:
        return
    if (s := v.share("city_state")) > 0.6 and v.n >= 3:
        case.add("CITY", 0.9 * s, of(case, s, "are a city and its state"), share=s)
    _countries(case)
    _places_in_places(case)
    if (s := v.listed("region")) > 0.6 and v.n >= 3:
        case.add(
            "REGION",
            0.75 * s if s >= v.listed("country") else 0.3,
            of(case, s, "are states or provinces"),
            share=s,
        )
    _codes(case)
    known, made = v.listed("city"), v.share("city_suffixed")
    if v.n >= 40 and 0.28 < known <= 0.4 and known > 2 * max(v.person, v.given, v.surname):
        case.add(
            "CITY", 0.4 + 0.5 * known, of(case, known, "are towns in the dictionaries"), share=known
        )
    if v.n >= 3 and (known > 0.4 or made > 0.5):
        both = known > 0.6 and v.listed("region") > 0.6
        rival = max(v.surname, v.given, v.person) if known < 0.85 and not both else 0.0
        s = max(known, made)
        strength = 0.9 * known if known > rival else 0.45 * known
        case.add("CITY", max(strength, 0.75 * made), of(case, s, "are cities"), share=s)


def _countries(case: ColumnEvidence) -> None:
    """Detect names of countries, some of them as codes. A single value counts only if it is not
    also a person's name.
    """
    v = case.values
    if (s := v.listed("country")) > 0.55 and v.n >= 2:
        case.add("COUNTRY", 0.9 * s, of(case, s, "are countries"), share=s)
    elif s > 0.2 and v.n >= 2 and (either := s + v.share_of(lambda t: t in _COUNTRY_CODES)) > 0.9:
        case.add(
            "COUNTRY",
            0.7 * either,
            of(case, either, "are countries or country codes"),
            share=either,
        )
    elif (
        s == 1.0
        and (v.mean_length > 3 or v.texts[0] in ("USA", "UK", "UAE"))
        and (case.sample.rows >= 20 or not max(v.given, v.surname))
    ):
        case.add("COUNTRY", 0.5, "the one value is a country", share=s)


def _places_in_places(case: ColumnEvidence) -> None:
    """Detect ``Chapinero, Bogotá``: a place, then the city, region or country that contains it."""
    v, words = case.values, lexicon()
    if v.share_of(lambda t: "," in t) <= 0.6:
        return
    around = (words["city"], words["country"], words["region"])

    def lies_in(text: str) -> bool:
        end = fold(text.rpartition(",")[2]) if "," in text else ""
        return any(end in places for places in around) and end not in words["given"]

    s = v.share_of(lies_in)
    if s > 0.6 and v.n >= 3 and v.street < 0.3:
        case.add("CITY", 0.85 * s, of(case, s, "are a place and what it lies in"), share=s)
        case.weaken("PERSON_NAME", 0.5)


def _codes(case: ColumnEvidence) -> None:
    v = case.values
    if v.share("code2") > 0.9 and v.n >= 3:
        sets = {
            name: v.in_set(name) for name in ("us_state", "br_state", "ca_province", "de_state")
        }
        best = max(sets.values())
        countries = v.share_of(lambda t: t in _COUNTRY_CODES)
        if best > 0.9:
            case.add(
                "REGION",
                0.8 if v.n >= 5 else 0.6,
                of(case, best, "are codes of states"),
                share=best,
            )
        elif countries > 0.9:
            case.add(
                "COUNTRY",
                0.75 if v.n >= 5 else 0.55,
                of(case, countries, "are country codes"),
                share=countries,
            )
    elif v.share("code3") > 0.9 and v.n >= 5 and (s := v.listed("country_code")) > 0.85:
        case.add("COUNTRY", 0.75, of(case, s, "are country codes"), share=s)


def _postcodes(case: ColumnEvidence) -> None:
    v = case.values
    for shape, strength, whose in (
        ("uk_post", 0.9, "British"),
        ("ca_post", 0.92, "Canadian"),
        ("zip4", 0.85, "US"),
        ("br_post", 0.85, "Brazilian"),
        ("nl_post", 0.7, "Dutch"),
    ):
        if (s := v.share(shape)) > 0.7:
            case.add(
                "POSTAL_CODE",
                strength * s,
                of(case, s, f"have the form of {whose} postcodes"),
                share=s,
            )
            return
    five = v.share_of(lambda t: len(t) == 5 and t.isdigit())
    if five == 1.0 and v.n >= 5 and v.share_of(lambda t: t[0] == "0") > 0.02 and v.sequence < 0.2:
        case.add(
            "POSTAL_CODE", 0.65, "all values have five digits, some with a leading zero", share=1.0
        )
    if v.share("zip_like") > 0.9 and v.share("zip4") > 0.1:
        case.add(
            "POSTAL_CODE",
            0.8,
            "values have the form of US postcodes, some with four more digits",
            share=1.0,
        )


def closed_sets(case: ColumnEvidence) -> None:
    """Gender, race, marital status, religion, illnesses: columns that use few known words."""
    v = case.values
    if v.boolean or not 0 < v.n <= 60:
        return
    for name, label in (
        ("status", "say how far something has come"),
        ("department", "are departments"),
    ):
        if not v.numeric and v.n <= 20 and (s := v.in_set(name)) > 0.55:
            case.add("NONE", 0.75 * s, of(case, s, label), share=s, hard=True)
    gender = v.in_set("gender")
    if gender > 0.55 and v.n <= 15 and not v.numeric:
        words = {t.casefold() for t in v.texts}
        hit = len(words & _PLAIN_GENDERS)
        case.add(
            "GENDER",
            (0.92 if hit >= 2 else 0.6 if hit else 0.25) * gender,
            of(case, gender, "are words for a gender"),
            share=gender,
        )
    for name, verdict, label in (
        ("race", "DEMOGRAPHIC", "groups of origin"),
        ("marital", "DEMOGRAPHIC", "marital statuses"),
        ("religion", "DEMOGRAPHIC", "religions"),
        ("health", "HEALTH", "illnesses, medicines or habits of health"),
    ):
        if not v.numeric and (s := v.in_set(name)) > 0.5 and v.n >= 2 and v.in_set("boolean") < 0.5:
            case.add(
                verdict, 0.85 * s if v.n >= 3 else 0.5 * s, of(case, s, f"are {label}"), share=s
            )
    if (s := v.share("blood")) > 0.8 and v.n >= 2:
        case.add("HEALTH", 0.9, of(case, s, "are blood groups"), share=s)
    if (s := v.share("icd10")) > 0.9 and v.share_of(lambda t: "." in t) > 0.4:
        case.add("HEALTH", 0.8, of(case, s, "are ICD-10 codes"), share=s)


def organizations(case: ColumnEvidence) -> None:
    """Company names by their legal forms and by how they are put together."""
    v = case.values
    if v.numeric or v.boolean or v.words > 8 or v.n < 3 or v.mail > 0.2 or v.share("url") > 0.4:
        return
    if max(case.says("CITY"), case.says("REGION"), case.says("COUNTRY")) > 0.8:
        return
    hyphens = v.share(
        "hyphenated"
    )  # as invented firms are called, beside others, but so are double-barrelled towns
    if (s := v.share("company")) > 0.25 and v.street < 0.3 and (hyphens < 0.1 or s - hyphens > 0.1):
        case.add(
            "ORGANIZATION",
            min(0.93, 0.35 + 0.7 * s),
            of(case, s, "carry a company's legal form or are put together like one"),
            share=s,
        )


_TITLED = re.compile(
    r"(?:Dr|Mr|Mrs|Ms|Miss|Prof|Herr|Frau|Mme|Mlle|M|Sr|Sra|Dott|Dhr|Mevr)(?:\.|\b(?=\s)) ?"
    r"(?:\w+\.? )*[^\W\d_][\w'’-]+\.?$"
)
_CODE_AND_CITY = re.compile(r"\d{4,5} [^\W\d][\w .'’()/-]+|[^\W\d][\w .'’()/-]+,? \d{4,5}")
_STREET_NAME = re.compile(
    r"(?i)(?:straat|stra(?:ß|ss)e|weg|gasse|allee|platz|ufer|laan|plein|gracht|singel|steeg|baan|kade|"
    r"\b(?:street|st\.?|avenue|ave\.?|road|rd\.?|lane|ln\.?|drive|dr\.?|court|boulevard|blvd\.?|terrace|crescent))$"
    r"|^\d+X+ [NSEW]\b"
    r"|^(?!(?-i:via"
    r" [A-Z]))(?:rue|avenue|boulevard|chemin|impasse|place|calle|avenida|plaza|paseo|via|viale"
    r"|piazza|corso|rua|travessa)\b"
)
_COUNTRY_CODES = word_set("""
    AF AL DZ AD AO AR AM AU AT AZ BS BH BD BB BY BE BZ BJ BT BO BA BW BR BN BG BF BI KH CM CA CV CF
    TD CL CN CO KM CG CD CR CI HR CU CY CZ DK DJ DM DO EC EG SV GQ ER EE ET FJ FI FR GA GM GE DE GH
    GR GD GT GN GW GY HT HN HK HU IS IN ID IR IQ IE IL IT JM JP JO KZ KE KI KP KR KW KG LA LV LB LS
    LR LY LI LT LU MK MG MW MY MV ML MT MH MR MU MX FM MD MC MN ME MA MZ MM NA NR NP NL NZ NI NE NG
    NO OM PK PW PA PG PY PE PH PL PT PR QA RO RU RW KN LC VC WS SM ST SA SN RS SC SL SG SK SI SB SO
    ZA ES LK SD SR SZ SE CH SY TW TJ TZ TH TL TG TO TT TN TR TM TV UG UA AE GB UK US UY UZ VU VA VE
    VN YE ZM ZW EU
    """)
_PLAIN_GENDERS = word_set("""
    m f male female w h masculino femenino feminino homme femme mann frau hombre mujer man vrouw
    woman masculin feminin mannlich weiblich maschio femmina uomo donna м ж муж жен мужской женский
    kobieta mężczyzna muž žena bărbat femeie férfi erkek kadın kvinna kvinne mies nainen laki-laki
    perempuan pria wanita nam nữ 男 女 男性 女性 남 여 남성 여성 남자 여자 ذكر أنثى
    """)

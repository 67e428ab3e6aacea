"""What values say by themselves, name or no name: one function per family, each adding its evidence to the case."""

from __future__ import annotations

import re
from statistics import median

import pyarrow.types as pt

from anonymize.detect.case import Case
from anonymize.detect.words import word_set


def percent(share: float) -> str:
    """Return ``share`` as it is said: ``96 %``."""
    return f"{share:.0%}".replace("%", " %")


def of(case: Case, share: float, what: str) -> str:
    """Return the sentence ``96 % of 412 distinct values are …``."""
    return f"{percent(share)} of {case.values.n} distinct values {what}"


def machine_shapes(case: Case) -> None:
    """E-mail, URL, IP, MAC, UUID, secrets with a form of their own."""
    v = case.values
    if v.numeric:
        return
    if (s := v.share("email")) > 0.15:
        case.add("EMAIL_ADDRESS", 0.99 if s > 0.6 else 0.3 + s, of(case, s, "are e-mail addresses"), share=s, hard=True)
        return
    if (s := v.share("url")) > 0.4:
        case.add("URL", 0.97 * s, of(case, s, "are web addresses"), share=s, hard=True)
    if (s := v.share("ipv4")) > 0.4:
        wide = v.share_of(lambda t: t.split(".", 1)[0].isdigit() and int(t.split(".", 1)[0]) > 9)
        case.add(
            "IP_ADDRESS", (0.95 if wide > 0.3 else 0.3) * s, of(case, s, "are IPv4 addresses"), share=s, hard=wide > 0.3
        )
    if (s := v.share("mac")) > 0.5:
        case.add("MAC_ADDRESS", 0.96 * s, of(case, s, "are MAC addresses"), share=s, hard=True)
    elif (s := v.share("ipv6")) > 0.5 and v.date_share < 0.2:
        case.add("IP_ADDRESS", 0.95 * s, of(case, s, "are IPv6 addresses"), share=s, hard=True)
    if (s := v.share("uuid")) > 0.5:
        case.add("RECORD_ID", 0.93 * s, of(case, s, "are UUIDs"), share=s, hard=True)
    if (s := max(v.share("bcrypt"), v.share("token"))) > 0.4:
        case.add("SECRET", 0.95 * s, of(case, s, "are password hashes or access tokens"), share=s, hard=True)
    if (s := v.share("handle")) > 0.7:
        case.add("USERNAME", 0.85 * s, of(case, s, "start with @"), share=s)


def account_numbers(case: Case) -> None:
    """Payment cards, IBANs, national ids: what a checksum or an official form proves."""
    v = case.values
    if v.date_share > 0.7 or v.share("email") > 0.5:
        return
    if (s := v.passing("iban")) > 0.4:
        case.add("BANK_ACCOUNT", 0.98 * s, of(case, s, "are IBANs with right check digits"), share=s, hard=True)
    if (s := v.passing("card")) > 0.3 and v.passing("imei") < 0.5:
        shaped = v.share_of(lambda t: 12 <= sum(c.isdigit() for c in t) <= 19)
        case.add(
            "CREDIT_CARD",
            min(0.98, 0.4 + 0.6 * s) if shaped > 0.6 else 0.3,
            of(case, s, "pass the Luhn check with a card network's first digits"),
            share=s,
            hard=True,
        )
    name, s = v.national_id
    if s > 0.5 and not case.scores.get("CREDIT_CARD"):
        sure = s if v.n >= 10 else s * 0.85
        case.add("NATIONAL_ID", 0.93 * sure, of(case, s, f"have the form of a {name} number"), share=s, hard=sure > 0.8)
    if (s := v.passing("vin")) > 0.6:
        case.add("RECORD_ID", 0.85 * s, of(case, s, "are vehicle identification numbers"), share=s)


def phones(case: Case) -> None:
    """Telephone numbers: digits with a leading plus, brackets or blanks, never dates, numbers or national ids."""
    v = case.values
    if (
        v.date_share > 0.4
        or v.share("ipv4") > 0.3
        or case.scores.get("NATIONAL_ID", 0) > 0.7
        or case.scores.get("CREDIT_CARD", 0) > 0.6
    ):
        return
    plus = v.share("plus_phone")

    def separated(text: str) -> bool:
        digits = sum(c.isdigit() for c in text)
        return (
            7 <= digits <= 20
            and any(c in " -()+." for c in text)
            and not text.replace(".", "", 1).replace("-", "", 1).isdigit()
        )

    if plus > 0.5 and v.share_of(lambda t: t.startswith("+")) > 0.5:
        case.add("PHONE_NUMBER", 0.9 * plus, of(case, plus, "are international telephone numbers"), share=plus)
        return
    if v.share("decimal") > 0.3 or v.numeric:
        _ten_digits(case)
        return
    shaped = v.share("phone")
    written = v.share_of(separated)
    if shaped > 0.5 and written > 0.4 and not _one_code(case):
        strength = 0.93 if plus > 0.3 or v.share_of(lambda t: "(" in t) > 0.2 else 0.85
        case.add(
            "PHONE_NUMBER",
            strength * min(shaped, 1.0),
            of(case, shaped, "are written like telephone numbers"),
            share=shaped,
        )
    elif plus > 0.5:
        case.add("PHONE_NUMBER", 0.9 * plus, of(case, plus, "are international telephone numbers"), share=plus)


def _ten_digits(case: Case) -> None:
    """Bare ten-digit numbers: all in the North American form, or all with a mobile prefix, by chance is unlikely."""
    v = case.values
    ten = v.share_of(lambda t: len(_whole(t)) == 10 and _whole(t).isdigit() and t[0] != "0")
    if ten < 0.95 or v.n < 6 or v.sequence > 0.2 or v.share("epoch") > 0.5:
        return
    american = v.share_of(lambda t: _NANP.fullmatch(_whole(t)) is not None)
    mobile = v.share_of(lambda t: t[0] in "6789")
    if v.n >= 20 and max(american, mobile) > 0.98:
        case.add("PHONE_NUMBER", 0.62, of(case, ten, "have ten digits in the form of telephone numbers"), share=ten)
    else:
        case.add("PHONE_NUMBER", 0.3, of(case, ten, "have ten digits"), share=ten)


def _whole(text: str) -> str:
    """Return a number's text without the ``.0`` that a float column puts there."""
    return text.removesuffix(".0")


def _one_code(case: Case) -> bool:
    """Return whether values are codes of one short form, such as ``12345-678`` or ``978-3-16``."""
    v = case.values
    return v.share("br_post") > 0.8 or v.share("zip_like") > 0.8 or v.share("pl_post") > 0.8 or v.share("jp_post") > 0.8


def dates(case: Case) -> None:
    """Dates and times, by type or by writing; birth dates where they reach back a generation."""
    v = case.values
    s = v.date_share
    if s > 0.4:
        case.add(
            "DATE_TIME",
            0.9 * s,
            "the column's type is a date" if pt.is_temporal(case.sample.type) else of(case, s, "are dates or times"),
            share=s,
        )
    elif (s := v.share("digit_date")) > 0.95 and v.n >= 5:
        case.add("DATE_TIME", 0.8, of(case, s, "read as dates without separators"), share=s)
    elif v.share("year") == 1.0 and v.n >= 2 and all(1900 <= x <= 2060 for x in v.numbers):
        case.add("DATE_TIME", 0.5, "all values are years", share=1.0)
    elif v.in_set("months") > 0.8 and v.n > 1:
        case.add("DATE_TIME", 0.75, "values are names of months or days", share=1.0)
    elif v.share("epoch") > 0.95 and v.n >= 5 and case.name.meaningless is False and case.says("DATE_TIME"):
        case.add("DATE_TIME", 0.5, "values are Unix times", share=1.0)


def persons(case: Case) -> None:
    """Names of people, from the dictionaries: whole names, given names, family names."""
    v = case.values
    if v.numeric or v.boolean or v.n == 0 or v.words > 6 or v.name_shaped < 0.5 or v.share("email") > 0.3:
        return
    whole = v.person
    if whole > 0.25 and v.words >= 2:
        places = max(v.listed("city"), v.listed("country"), v.listed("region"))
        strength = min(0.97, 0.25 + 0.85 * whole) if whole > places + 0.2 else 0.3
        strength *= 0.5 if v.n < 12 and case.sample.distinct_share < 0.2 else 1.0
        case.add(
            "PERSON_NAME",
            strength * (0.75 if v.share("company") > 0.5 else 1.0),
            of(case, whole, "are made of given and family names"),
            share=whole,
        )
        return
    single = max(v.given, v.surname)
    if v.words == 1 and single > 0.35 and v.n >= 3:
        rival = max(
            v.listed("city"),
            v.listed("country"),
            v.listed("region"),
            v.in_set("months"),
            v.in_set("gender"),
            v.in_set("race"),
        )
        capital = v.share_of(lambda t: t[:1].isupper())
        strength = min(0.9, 0.2 + 0.8 * max(v.given, 0.9 * v.surname)) * (1.0 if capital > 0.7 else 0.35)
        strength *= 1.0 if single > rival + 0.1 or v.given > 0.8 else 0.5
        few = v.n < 12 and case.sample.distinct_share < 0.2
        case.add(
            "PERSON_NAME",
            strength * (0.5 if few else 1.0),
            of(case, single, "stand in dictionaries of names"),
            share=single,
        )


def places(case: Case) -> None:
    """Countries, regions, cities, streets, postcodes, coordinates."""
    v = case.values
    if v.n == 0:
        return
    if (s := v.share("lat_lon")) > 0.6:
        case.add("LATITUDE_LONGITUDE", 0.95 * s, of(case, s, "are pairs of coordinates"), share=s)
    if not v.numeric and (s := v.street) > 0.3:
        case.add(
            "STREET_ADDRESS",
            min(0.95, 0.25 + 0.75 * s) if v.words < 14 else 0.2,
            of(case, s, "are written like a street with its number"),
            share=s,
        )
    if v.boolean:
        return
    _postcodes(case)
    if v.numeric:
        return
    if (s := v.share("city_state_zip")) > 0.6:
        case.add("STREET_ADDRESS", 0.8 * s, of(case, s, "are a city, a state and a postcode"), share=s)
    if v.date_share > 0.3 or v.words > 5:
        return
    if (s := v.listed("country")) > 0.55 and v.n >= 2:
        case.add("COUNTRY", 0.9 * s, of(case, s, "are countries"), share=s)
    if (s := v.listed("region")) > 0.6 and v.n >= 3:
        case.add(
            "REGION", 0.75 * s if s >= v.listed("country") else 0.3, of(case, s, "are states or provinces"), share=s
        )
    _codes(case)
    known, made = v.listed("city"), v.share("city_suffixed")
    if v.n >= 40 and 0.28 < known <= 0.4 and known > 2 * max(v.person, v.given, v.surname):
        case.add("CITY", 0.4 + 0.5 * known, of(case, known, "are towns in the dictionaries"), share=known)
    if v.n >= 3 and (known > 0.4 or made > 0.5):
        rival = max(v.surname, v.given, v.person) if known < 0.85 else 0.0
        s = max(known, made)
        strength = 0.9 * known if known > rival else 0.45 * known
        case.add("CITY", max(strength, 0.75 * made), of(case, s, "are cities"), share=s)


def _codes(case: Case) -> None:
    v = case.values
    if v.share("code2") > 0.9 and v.n >= 3:
        sets = {name: v.in_set(name) for name in ("us_state", "br_state", "ca_province", "de_state")}
        best = max(sets.values())
        countries = v.share_of(lambda t: t in _COUNTRY_CODES)
        if best > 0.9:
            case.add("REGION", 0.8 if v.n >= 5 else 0.6, of(case, best, "are codes of states"), share=best)
        elif countries > 0.9:
            case.add("COUNTRY", 0.75 if v.n >= 5 else 0.55, of(case, countries, "are country codes"), share=countries)
    elif v.share("code3") > 0.9 and v.n >= 5 and (s := v.listed("country_code")) > 0.85:
        case.add("COUNTRY", 0.75, of(case, s, "are country codes"), share=s)


def _postcodes(case: Case) -> None:
    v = case.values
    for shape, strength, whose in (
        ("uk_post", 0.9, "British"),
        ("ca_post", 0.92, "Canadian"),
        ("zip4", 0.85, "US"),
        ("br_post", 0.85, "Brazilian"),
        ("nl_post", 0.7, "Dutch"),
    ):
        if (s := v.share(shape)) > 0.7:
            case.add("POSTAL_CODE", strength * s, of(case, s, f"have the form of {whose} postcodes"), share=s)
            return
    five = v.share_of(lambda t: len(t) == 5 and t.isdigit())
    if five == 1.0 and v.n >= 5 and v.share_of(lambda t: t[0] == "0") > 0.02 and v.sequence < 0.2:
        case.add("POSTAL_CODE", 0.65, "all values have five digits, some with a leading zero", share=1.0)
    if v.share("zip_like") > 0.9 and v.share("zip4") > 0.1:
        case.add("POSTAL_CODE", 0.8, "values have the form of US postcodes, some with four more digits", share=1.0)


def closed_sets(case: Case) -> None:
    """Gender, race, marital status, religion, illnesses: columns that use few known words."""
    v = case.values
    if v.boolean or not 0 < v.n <= 60:
        return
    gender = v.in_set("gender")
    if gender > 0.55 and v.n <= 15 and not v.numeric:
        core = {
            "m",
            "f",
            "male",
            "female",
            "w",
            "h",
            "masculino",
            "femenino",
            "feminino",
            "homme",
            "femme",
            "mann",
            "frau",
            "hombre",
            "mujer",
            "man",
            "vrouw",
            "woman",
            "masculin",
            "feminin",
            "mannlich",
            "weiblich",
            "maschio",
            "femmina",
            "uomo",
            "donna",
        }
        words = {t.casefold() for t in v.texts}
        hit = len(words & core)
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
            case.add(verdict, 0.85 * s if v.n >= 3 else 0.5 * s, of(case, s, f"are {label}"), share=s)
    if (s := v.share("blood")) > 0.8 and v.n >= 2:
        case.add("HEALTH", 0.9, of(case, s, "are blood groups"), share=s)
    if (s := v.share("icd10")) > 0.9 and v.share_of(lambda t: "." in t) > 0.4:
        case.add("HEALTH", 0.8, of(case, s, "are ICD-10 codes"), share=s)


def organizations(case: Case) -> None:
    """Company names by their legal forms and by how they are put together."""
    v = case.values
    if v.numeric or v.boolean or v.words > 8 or v.n < 3 or v.share("email") > 0.2 or v.share("url") > 0.4:
        return
    if (s := v.share("company")) > 0.25 and v.street < 0.3:
        case.add(
            "ORGANIZATION",
            min(0.93, 0.35 + 0.7 * s),
            of(case, s, "carry a company's legal form or are put together like one"),
            share=s,
        )


def record_ids(case: Case) -> None:
    """Keys of rows: unique, of one form, or counting up."""
    v = case.values
    if v.n < 3 or v.boolean or v.date_share > 0.3 or (pt.is_floating(case.sample.type) and not v.integers):
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
        case.add("RECORD_ID", (0.75 if same else 0.55) * s, of(case, s, "are codes of one form"), share=s)
    elif (s := v.share("hex_hash")) > 0.8 and unique > 0.5:
        case.add("RECORD_ID", 0.7 * s, of(case, s, "are hexadecimal keys"), share=s)
    elif (
        v.integers
        and unique > 0.97
        and v.n >= 50
        and v.numbers
        and min(v.numbers) >= 0
        and median(v.numbers) > 1000
        and not pt.is_floating(case.sample.type)
    ):
        case.add("RECORD_ID", 0.46, "whole numbers, no two alike", share=1.0)


def secrets(case: Case) -> None:
    """Passwords: short, unique, mixed characters in no fixed form."""
    v = case.values
    if v.numeric or v.boolean or v.n < 5 or v.words > 1 or v.date_share > 0.1 or v.share("email") > 0.1:
        return

    def mixed(text: str) -> bool:
        kinds = (
            any(c.islower() for c in text),
            any(c.isupper() for c in text),
            any(not c.isalnum() and c not in "-_ ." for c in text),
        )
        return 6 <= len(text) <= 24 and any(map(str.isdigit, text)) and sum(kinds) >= 2

    if (s := v.share_of(lambda t: _PASSWORD.search(t) is not None)) > 0.5:
        case.add("SECRET", 0.75 * s, of(case, s, "contain a word for password"), share=s)
    s = v.share_of(mixed)
    if (
        s > 0.5
        and case.sample.distinct_share > 0.8
        and v.share("prefixed_id") < 0.5
        and v.share("uuid") < 0.1
        and v.one_shape < 0.6
        and v.share("url") < 0.1
    ):
        case.add("SECRET", 0.65 * s + 0.15, of(case, s, "mix letters, digits and marks in no fixed form"), share=s)


def logins(case: Case) -> None:
    """Login names: one lower-case word made of a person's names, all different."""
    v = case.values
    if (
        v.numeric
        or v.boolean
        or v.n < 5
        or v.words > 1
        or case.sample.distinct_share < 0.6
        or v.share("username") < 0.8
    ):
        return
    if (s := v.login_like) > 0.35:
        case.add("USERNAME", min(0.85, 0.4 + 0.6 * s), of(case, s, "are put together from names like logins"), share=s)


def free_text(case: Case) -> None:
    """Prose: many words, no two cells alike."""
    v = case.values
    if v.numeric or v.boolean or v.n == 0 or v.date_share > 0.3:
        return
    if v.words >= 6 and v.street < 0.5:
        case.add(
            "FREE_TEXT",
            min(0.9, 0.4 + 0.04 * v.words) * (1.0 if case.sample.distinct_share > 0.3 or v.n > 30 else 0.7),
            f"cells hold a median of {v.words:.0f} words",
            share=1.0,
        )


CLUES = (
    machine_shapes,
    account_numbers,
    phones,
    dates,
    persons,
    places,
    closed_sets,
    organizations,
    record_ids,
    secrets,
    logins,
    free_text,
)
"""Every clue, in the order that later ones rely on."""

_PASSWORD = re.compile(r"(?i)pass|pwd|secret|geheim|passwort|motdepasse|contrase|senha")
_NANP = re.compile(r"[2-9]\d{2}[2-9]\d{6}")
_COUNTRY_CODES = word_set("""
    AF AL DZ AD AO AR AM AU AT AZ BS BH BD BB BY BE BZ BJ BT BO BA BW BR BN BG BF BI KH CM CA CV CF TD CL CN CO KM
    CG CD CR CI HR CU CY CZ DK DJ DM DO EC EG SV GQ ER EE ET FJ FI FR GA GM GE DE GH GR GD GT GN GW GY HT HN HK HU
    IS IN ID IR IQ IE IL IT JM JP JO KZ KE KI KP KR KW KG LA LV LB LS LR LY LI LT LU MK MG MW MY MV ML MT MH MR MU
    MX FM MD MC MN ME MA MZ MM NA NR NP NL NZ NI NE NG NO OM PK PW PA PG PY PE PH PL PT PR QA RO RU RW KN LC VC WS
    SM ST SA SN RS SC SL SG SK SI SB SO ZA ES LK SD SR SZ SE CH SY TW TJ TZ TH TL TG TO TT TN TR TM TV UG UA AE GB
    UK US UY UZ VU VA VE VN YE ZM ZW EU
    """)

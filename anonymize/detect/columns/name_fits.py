"""How well sampled values match what the column's name suggests (0 = not at all, 1 = fully)."""

from __future__ import annotations

from collections.abc import Callable

from anonymize.detect.columns.measures import ColumnMeasures
from anonymize.detect.columns.place_fits import city, country, lat_lon, postal_code, region, street
from anonymize.detect.network_addresses import is_packed_ipv4


def _email(v: ColumnMeasures) -> float:
    return 1.0 if v.mail > 0.3 else 0.0


def _phone(v: ColumnMeasures) -> float:
    if v.date_share > 0.5 or v.ipv4 > 0.5:
        return 0.0
    digits = v.share_of(
        lambda t: (
            6 <= sum(c.isdigit() for c in t.removesuffix(".0")) <= 17
            and sum(c.isalpha() for c in t) <= 4
        )
    )
    return digits if digits > 0.4 else 0.0


def _person(v: ColumnMeasures) -> float:
    if (
        not v.textual
        or v.date_share > 0.3
        or v.mail > 0.3
        or v.share("url") > 0.5
        or v.share("uuid") > 0.3
    ):
        return 0.0
    if v.name_beside > 0.3:
        return 1.0
    if v.words > 6:
        return 0.0
    if v.name_shaped < 0.5:
        return (
            0.6
            if v.share_of(lambda t: any(c.isalpha() for c in t) and len(t) < 60) > 0.8
            and v.share("prefixed_id") < 0.5
            else 0.35
        )
    if v.person > 0.3 or v.given > 0.3 or v.surname > 0.3:
        return 1.0
    if v.n >= 10 and v.name_shaped < 0.85 and max(v.person, v.given, v.surname) < 0.15:
        return 0.5
    if v.words > 1 and v.common_noun > 0.3:
        return 0.5
    return 0.9 if v.sample.distinct_share > 0.2 or v.n > 30 else 0.7


def _username(v: ColumnMeasures) -> float:
    if v.numeric or v.boolean:
        return 0.0
    return (
        1.0
        if v.share("username") > 0.5 or v.mail > 0.5 or v.share("handle") > 0.5
        else 0.5
        if v.words <= 2
        else 0.0
    )


def _secret(v: ColumnMeasures) -> float:
    if v.boolean or v.n == 0 or (v.numeric and v.mean_length < 3):
        return 0.0
    return 1.0 if v.words <= 1 else 0.3


def _dates(v: ColumnMeasures) -> float:
    if v.date_share > 0.4:
        return 1.0
    if v.share("digit_date") > 0.8 or (v.share("epoch") > 0.8):
        return 0.9
    return 0.0


def _birth(v: ColumnMeasures) -> float:
    if _dates(v):
        return 1.0
    return 0.95 if v.share("year") > 0.8 else 0.0


def _date_time(v: ColumnMeasures) -> float:
    if fit := _dates(v):
        return fit
    if v.share("year") > 0.8 or v.in_set("months") > 0.7:
        return 0.9
    if v.integers and v.numbers and max(v.numbers) <= 366 and min(v.numbers) >= 0:
        return 0.55
    return 0.0


def _age(v: ColumnMeasures) -> float:
    if v.numeric and v.numbers:
        inside = sum(0 <= x <= 120 for x in v.numbers) / len(v.numbers)
        return inside if inside > 0.75 else 0.0
    return 0.9 if v.share("range") > 0.5 else 0.0


def _gender(v: ColumnMeasures) -> float:
    if v.in_set("gender") > 0.5:
        return 1.0
    if v.n <= 4 and (v.numeric or v.boolean):
        return 0.8
    return 0.5 if v.n <= 12 and v.words <= 2 else 0.0


def _demographic(v: ColumnMeasures) -> float:
    return 0.0 if v.date_share > 0.3 or v.words > 8 else 1.0


def _national_id(v: ColumnMeasures) -> float:
    if v.boolean or v.date_share > 0.6 or v.words > 8 or v.mail > 0.3 or v.share("url") > 0.3:
        return 0.0
    digits = v.share_of(lambda t: sum(c.isdigit() for c in t) >= 4 and 5 <= len(t) <= 25)
    mixed = v.share_of(
        lambda t: (
            5 <= len(t) <= 10 and any(map(str.isdigit, t)) and t.upper() == t and t.count(" ") < 3
        )
    )
    if v.share("vin_form") > 0.7:
        return 1.0
    return 1.0 if digits > 0.7 else 0.8 if mixed > 0.7 else 0.25 if v.words <= 4 else 0.0


def _card(v: ColumnMeasures) -> float:
    share = v.share_of(
        lambda t: (
            12 <= sum(c.isdigit() or c in "*xX" for c in t) <= 19
            and sum(c.isalpha() and c not in "xX" for c in t) == 0
        )
    )
    return share if share > 0.5 else 0.0


def _bank(v: ColumnMeasures) -> float:
    if v.boolean or v.words > 9 or v.date_share > 0.5:
        return 0.0
    share = v.share_of(lambda t: sum(c.isdigit() for c in t) >= 5 and len(t) <= 60)
    swift = v.share_of(lambda t: len(t) in (8, 11) and t.isupper() and t[:6].isalpha())
    return 1.0 if max(share, swift) > 0.7 else 0.0


def _ip(v: ColumnMeasures) -> float:
    if max(v.ipv4, v.ipv6, v.padded_ipv4) > 0.3:
        return 1.0
    return 0.95 if v.n >= 3 and v.share_of(is_packed_ipv4) > 0.9 else 0.0


def _mac(v: ColumnMeasures) -> float:
    return (
        1.0
        if v.mac > 0.3
        or v.share_of(lambda t: len(t) == 12 and all(c in "0123456789abcdefABCDEF" for c in t))
        > 0.8
        else 0.0
    )


def _url(v: ColumnMeasures) -> float:
    if v.share("url") > 0.3:
        return 1.0
    return (
        0.6
        if v.share_of(lambda t: ("." in t and " " not in t) or "/" in t) > 0.6 and v.textual
        else 0.0
    )


def _record_id(v: ColumnMeasures) -> float:
    if v.date_share > 0.4 or v.mail > 0.3:
        return 0.0
    if v.boolean and not (
        v.integers and v.sample.distinct_share == 1.0
    ):  # rows 0 and 1 of a table of two
        return 0.0
    if v.numeric and not v.integers:
        return 0.2
    if v.words > 2:
        return 0.2
    if (
        v.n <= 20
        and v.sample.distinct_share < 0.05
        and not v.integers
        and v.share("prefixed_id") < 0.9
    ):
        return 0.4
    if v.n >= 5 and v.share_of(lambda t: t.isalpha() and t.isupper()) > 0.95 and _lengths(v) == 1:
        return 0.9
    if (
        v.integers
        or v.share("uuid") > 0.5
        or v.share("prefixed_id") > 0.5
        or v.share("hex_hash") > 0.5
    ):
        return 1.0
    if v.share_of(lambda t: any(c.isdigit() for c in t)) > 0.6:
        return 0.9
    return (
        0.7
        if v.words <= 1 and v.n >= 5 and v.sample.distinct_share > 0.95 and v.phrases == 0
        else 0.35
    )


def _lengths(v: ColumnMeasures) -> int:
    """Return how many lengths the values have."""
    return len({len(text) for text in v.few})


def _organization(v: ColumnMeasures) -> float:
    return (
        1.0
        if v.textual
        and v.date_share < 0.2
        and v.words <= 8
        and v.mail < 0.3
        and v.share("url") < 0.5
        else 0.0
    )


def _health(v: ColumnMeasures) -> float:
    return 0.0 if v.date_share > 0.4 or v.mail > 0.2 or v.share("uuid") > 0.2 else 1.0


def _financial(v: ColumnMeasures) -> float:
    if v.boolean or v.date_share > 0.4:
        return 0.0
    return (
        1.0
        if v.numeric
        or v.share("money") > 0.4
        or v.share_of(lambda t: any(c.isdigit() for c in t)) > 0.6
        else 0.1
    )


def _free_text(v: ColumnMeasures) -> float:
    if not v.textual or v.date_share > 0.3:
        return 0.0
    if v.n <= 12 and v.words < 4 and v.sample.distinct_share < 0.1:
        return 0.2
    return 1.0 if v.words >= 4 else 0.6 if v.words >= 2 else 0.2


FITS: dict[str, Callable[[ColumnMeasures], float]] = {
    "EMAIL_ADDRESS": _email,
    "PHONE_NUMBER": _phone,
    "PERSON_NAME": _person,
    "USERNAME": _username,
    "SECRET": _secret,
    "STREET_ADDRESS": street,
    "CITY": city,
    "REGION": region,
    "COUNTRY": country,
    "POSTAL_CODE": postal_code,
    "LATITUDE_LONGITUDE": lat_lon,
    "DATE_OF_BIRTH": _birth,
    "DATE_TIME": _date_time,
    "AGE": _age,
    "GENDER": _gender,
    "DEMOGRAPHIC": _demographic,
    "NATIONAL_ID": _national_id,
    "CREDIT_CARD": _card,
    "BANK_ACCOUNT": _bank,
    "IP_ADDRESS": _ip,
    "MAC_ADDRESS": _mac,
    "URL": _url,
    "RECORD_ID": _record_id,
    "ORGANIZATION": _organization,
    "HEALTH": _health,
    "FINANCIAL": _financial,
    "FREE_TEXT": _free_text,
}
"""Verdict → how well values fit it, given that the name says so."""

"""Whether a number in a text is what its digits suggest, given its context.

A pattern sees sixteen digits that pass Luhn's check; ``0.`` before them shows that they are not a
card. Texts, columns and the scan of the output all use this module, so that all three agree on what
a card, a phone number and an address is.
"""

from __future__ import annotations

import re

_DIGITS = re.compile(r"[0-9]+")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,3}\.[0-9]{5,}")
_ZEROS_BEHIND = re.compile(r"\.0{1,2}(?![0-9]|[.,][0-9])")
_DECIMALS_BEHIND = re.compile(r"\.[0-9]{1,6}(?![0-9]|[.\-/ ]?[0-9]|\.[^\W_])|\s?[%‰]")
_MORE_BEFORE = re.compile(r"[0-9][.,]$")
_POINT_BEFORE = re.compile(r"(?<![0-9])[0-9]{1,9}\.$|(?:^|[\s=(\[,:+-])\.$")
_NAMED_PHONE = re.compile(
    r"(?i)(?:phone|tele?f|\bt[eé]l|mobil|m[oó]vil|cell|celular|fax|whats"
    r" ?app|call|contact|rufnummer|handy|telefoon"
    r"|dial|sms|\bph\b|\bmob\b|komórk|тел|моб|电话|手机|電話|携帯|전화|फ़ोन|फोन|هاتف|טלפון|โทร)[^\n]{0,24}$"
)
_MONEY_BEFORE = re.compile(
    r"(?:[$€£¥₹₽₩₺₴₪฿]|(?<![^\W_])(?:USD|EUR|GBP|CHF|JPY|CNY|INR|RUB|BRL|PLN|CZK|SEK|NOK|DKK|HUF|CAD|AUD|NZD|MXN|ZAR|TRY"
    r"|ILS|KRW|SGD|HKD|R\$|Rs\.?|kr\.?|zł))\s?[-+]?$"
)
_MONEY_BEHIND = re.compile(
    r"\s?(?:[€£¥₹₽₩₺₴₪฿]|(?:USD|EUR|GBP|CHF|JPY|CNY|INR|RUB|BRL|PLN|CZK|SEK|NOK|DKK|HUF|CAD|AUD|NZD|MXN|ZAR|TRY|ILS|KRW"
    r"|SGD|HKD|zł|Kč|kr|Ft|lei)(?![^\W_]))"
)
_EPOCH = re.compile(r"(?:1[0-9]{9}|2[01][0-9]{8})(?:[0-9]{3}|[0-9]{6}|[0-9]{9})?")
_MOMENT_BEFORE = re.compile(
    r"(?i)(?:[a-z]_at|(?<![a-z])(?:(?:[a-z]+[_"
    r" -]?)?(?:timestamp|epoch|time|date)|ts|iat|exp|nbf|[acm]time|since|until"
    r"|expires|expiry|created|updated|modified|started|ended|deleted|seen|issued|zeitstempel|horodatage|millis|unix"
    r"|(?:created|updated|modified|started|ended|expires|issued|seen|login)At))[\"'\])]{0,2}\s{0,2}[:=]?\s{0,2}[\"'(\[]?$"
)
_DATE_FIRST = re.compile(r"(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9])")
_DATE_AND_TIME = re.compile(r"[0-3]?[0-9][-./][0-3]?[0-9][-./](?:19|20)?[0-9]{2}[ ,]+[0-2]?[0-9]")
_TIME_BEHIND = re.compile(r":[0-5][0-9]")
_OTHER_NUMBER_BEFORE = re.compile(
    r"(?i)(?<![^\W_])(?:isbn|issn|ean|upc|gtin|hs|hts|hts code|hs"
    r" code|cas|sku|doi|pmid|arxiv|rfc|oid|asin|part no|p/n)"
    r"(?:[- ]1[03])?(?:[ .:#]{1,3}|\s(?:code|no|number|nr)[ .:#]{0,3})$"
)
_AGENT_BEFORE = re.compile(
    r"(?i)(?<![^\W_])(?:chrome|chromium|crios|headlesschrome|firefox|fxios|safari|version|mobile|edge?|edga|edgios|opr|opera"
    r"|trident|gecko|applewebkit|yabrowser|samsungbrowser|ucbrowser|vivaldi|brave|electron|curl|libcurl|wget|nginx|apache"
    r"|openssl|php|python-requests|python|okhttp|node|java|go-http-client|postmanruntime|dart|lighttpd|iis|tomcat|whale)/$"
)
_VERSION_NOUN = (
    "version[a-z]{0,12}|vers|ver|v|releases?|build|firmware|revision|rev|bios|sdk|semver|versión|versao|versão|versione|versie"
    "|wersj[aię]|verze|verzió|versiyon|sürüm[ü]?|верси[яи]|版本|バージョン|버전"
)
_VERSION_VERB = (
    "upgrad(?:e|ed|ing)|updat(?:e|ed|ing)|downgrad(?:e|ed)|patch(?:ed)?|hotfix|changelog|schema|package|tag|aktualisierung"
    "|mise à"
    " jour|actualización|aggiornamento|sections?|sec|abschnitt|kapitel|chapter|clause|ziffer"
    r"|paragraphe?|article"
    "|artikel|artículo|figure|fig|table|tabelle|appendix|annex|anhang|step|theorem|lemma|equation|oid|§§?|punkt|sección"
)
_LINKS = (
    "is|of|to|number|no|was|auf|von|zu|ist|agent"
    "|server|client|driver|software|app|a|à|de|la|vers|na|do|z|the|our|den|die"
)
_CHAIN = (
    r"(?:v?[0-9]+(?:\.[0-9]+){1,4}(?: ?(?:,|/|-|–|->|→|to|and|or|bis|und|auf|à|et|y|a) ?)){0,4}v?$"
)


def _version_before(words: str, links: str) -> re.Pattern[str]:
    lead = rf"(?:(?<![^\W_])(?:{words})|(?<=[a-z])_version|(?-i:(?<=[a-z])Version))"
    return re.compile(
        rf"(?i){lead}[\"']?[ .:=#\t]{{0,3}}[\"'(]?(?:(?:{links})[ :=]{{1,2}}){{0,3}}{_CHAIN}"
    )


_VERSION_BEFORE = _version_before(f"{_VERSION_NOUN}|{_VERSION_VERB}", f"{_LINKS}|from")
_SURE_VERSION_BEFORE = _version_before(_VERSION_NOUN, _LINKS)
_PRIVATE = re.compile(r"(?:10|127|192\.168|172\.(?:1[6-9]|2[0-9]|3[01])|169\.254)\.")
_LIBRARY_BEFORE = re.compile(
    r"(?:(?<![^\W_])(?:OpenSSL|Chrome|Chromium|Firefox|Safari|Edge|Windows|Android|iOS|macOS|Linux|kernel|Java|JDK|JRE|Python|PHP"
    r"|Node\.js|Apache|nginx|Tomcat|MySQL|PostgreSQL|Oracle|Redis|Kafka|Spark|Hadoop|Kubernetes|Docker|Office|Outlook"
    r"|Excel|SAP|Photoshop|Acrobat|Flash|Skype|Zoom|Teams|WordPress|Drupal|Git|GCC|Clang|Ruby|Rails|Django|Qt|Boost"
    r"|numpy|pandas|lodash|react)[ -]v?)$"
)
_NAMED_HOST = re.compile(
    r"(?i)(?<![^\W_])(?:ip|ipv4|ips|host|hosts|server|address|addr|adresse|dirección|indirizzo|gateway|dns|peer|client|subnet"
    r"|src|dst|source|destination|from|listen|bind|login|logged|connect(?:ed|ion)?|ping)["
    r" :=@\[(\"']{0,3}"
    r"(?:(?:is|at|to|on|from|addr(?:ess)?|ip)[ :=]{1,2}){0,2}$"
)
_LOOKED_AT = 64


def before(text: str, start: int) -> str:
    """Return the text before ``start`` in its line, as far as it matters."""
    line = text[max(0, start - _LOOKED_AT) : start]
    return line[line.rfind("\n") + 1 :]


def in_decimal(text: str, start: int, end: int) -> bool:
    """Return whether bare digits are the places behind a decimal point, or have a point and places
    behind them.

    A comma is not counted: rows of numbers are written with commas.
    """
    if not _DIGITS.fullmatch(text, start, end):
        return False
    if start and text[start - 1] == "." and _POINT_BEFORE.search(text, max(0, start - 12), start):
        return True
    return end < len(text) and _DECIMALS_BEHIND.match(text, end) is not None


def is_phone(text: str, start: int, end: int) -> bool:
    """Return whether a number with the form of a telephone number is one, as far as its context
    shows.
    """
    behind, ahead = text[end : end + 12], before(text, start)
    if _NAMED_PHONE.search(ahead):
        return not (start and text[start - 1] == "." and _POINT_BEFORE.search(ahead))
    if text.startswith("+", start) or text[start] == "(":
        return True
    if in_decimal(text, start, end) or _DECIMAL.fullmatch(text, start, end):
        return False
    if _MONEY_BEFORE.search(ahead) or _MONEY_BEHIND.match(behind) or _AGENT_BEFORE.search(ahead):
        return False
    if _DATE_AND_TIME.fullmatch(text, start, end) and _TIME_BEHIND.match(behind):
        return False
    if _DATE_FIRST.match(text, start, end):
        return False
    if _EPOCH.fullmatch(text, start, end) and _MOMENT_BEFORE.search(ahead):
        return False
    return not (_OTHER_NUMBER_BEFORE.search(ahead) or _versioned(text, start, end, ahead))


def _versioned(text: str, start: int, end: int, ahead: str) -> bool:
    dots = text.count(".", start, end)
    return (
        dots > 0
        and not set(text[start:end]) - set("0123456789.")
        and _VERSION_BEFORE.search(ahead) is not None
    )


def is_card(text: str, start: int, end: int) -> bool:
    """Return whether a match for a payment card's number, or another long number, is not part of a
    decimal number.

    A trailing ``.0`` is ignored: spreadsheets write whole numbers so.
    """
    return zeros_behind(text, end) > end or not in_decimal(text, start, end)


def is_ipv4(text: str, start: int, end: int) -> bool:
    """Return whether four numbers with dots are an address: not a version, a section, a part of a
    longer one.

    A port, a network's length or a word such as ``host`` before them decides for the address.
    """
    if ":" in text[start:end]:
        return True
    ahead = before(text, start)
    if _MORE_BEFORE.search(ahead) or (
        text.startswith(".", end) and text[end + 1 : end + 2].isdigit()
    ):
        return False
    if "/" in text[start:end] or re.compile(r":[0-9]").match(text, end):
        return True
    if _AGENT_BEFORE.search(ahead) or _LIBRARY_BEFORE.search(ahead):
        return False
    version = (_SURE_VERSION_BEFORE if _PRIVATE.match(text, start) else _VERSION_BEFORE).search(
        ahead
    ) is not None
    if _NAMED_HOST.search(ahead) and not version:
        return True
    return not (
        version
        or (start and text[start - 1] in "vV" and not text[max(0, start - 2) : start - 1].isalnum())
    )


def zeros_behind(text: str, end: int) -> int:
    """Return where a number ends with the ``.0`` that a spreadsheet put behind it."""
    match = _ZEROS_BEHIND.match(text, end)
    return match.end() if match else end


def is_number(entity: str, text: str, start: int, end: int) -> bool:
    """Return whether a finding of ``entity`` is one given its neighbours; kinds without a rule of
    their own count.

    Bare digits of any kind are none as part of a decimal number.
    """
    if entity == "PHONE_NUMBER":
        return is_phone(text, start, end)
    if entity == "IP_ADDRESS":
        return is_ipv4(text, start, end)
    return is_card(text, start, end)

# ruff: noqa: E501
"""National numbers in text, looked for where their country is named: a form, then the columns' own
check.

A number with a check that few pass, or in a form of its own, is found anywhere. One that is only
digits, and passes by chance often, is none behind a word for something else (an order, a version,
an amount). Behind its own name (``CPF``, ``BSN``) the form alone counts, so that one with a slip
goes too; one that no check proves is found only there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from anonymize.detect.text import check_digits as d
from anonymize.detect.text import checksums as c
from anonymize.detect.text import checksums_europe as e
from anonymize.detect.text import checksums_world as w
from anonymize.detect.text.own_rules import LEFT, RIGHT, OwnRule, Shape

_SEP = r"[ .\-\u00a0\u2011]?"
OTHER_THINGS = (
    r"(?:\b(?:orders?|invoices?|tickets?|tracking|parcel|shipment|versions?|build|release|sku|part|item|article|product"
    r"|serial|batch|lot|po|isbn|ean|upc|gtin|amount|total|price|sum|balance|EUR|USD|GBP|CHF|PLN|page|row|line|epoch|timestamp|commit|hash"
    r"|bestell(?:ung|nummer)?|bestellung|rechnung(?:snummer)?|artikel(?:nummer)?|sendung(?:snummer)?|betrag|auftrag"
    r"|commande|facture|colis|montant|pedido|factura|importe|ordine|fattura|importo|pacco|encomenda|fatura"
    r"|bestelling|factuur|bedrag|zamówieni[ea]|faktur[ay]|ordre|faktura|tilaus|lasku|sipariş|fatura)"
    r"|订单(?:号)?|注文(?:番号)?|주문(?:번호)?|[$€£¥₹₩])"
    r"[ \t]*(?:(?:no|nr|num|number|id|code|n°|nº|№|号)\b\.?)?[ \t]*[:=#.]*[ \t]*"
)
"""What stands before a number that is none of a person."""

_NO_AMOUNT = (
    r"(?!["
    r" \u00a0]?(?:[$€£¥₹₩%]|(?:EUR|USD|GBP|CHF|PLN|CZK|SEK|NOK|DKK|HUF|JPY|INR|kr|zł|Kč|Ft|ms|bytes)\b))"
)


def _number(*groups: str, sep: str = _SEP) -> str:
    """Return the pattern of a number of ``groups`` with a separator or none between them."""
    return sep.join(groups)


def _strong(entity: str, pattern: str, check: Callable[[str], bool]) -> Shape:
    """Return a number that its form and check alone make sure."""
    return Shape(entity, pattern, 0.95, check)


def _weak(entity: str, pattern: str, check: Callable[[str], bool]) -> Shape:
    """Return a shape for a number that does not count after a label of another thing."""
    return Shape(entity, pattern + _NO_AMOUNT, 0.7, check, unless_after=OTHER_THINGS)


def _named(entity: str, label: str, pattern: str) -> Shape:
    """Return a number that only its name before it makes one."""
    return Shape(entity, _behind(label, pattern), 0.85)


def _behind(label: str, pattern: str) -> str:
    """Return the pattern of a number right behind its name."""
    said = (
        rf"(?<![A-Za-z])(?:{label})(?![A-Za-z])["
        r" \t]*(?:(?:no|nr|num|number|numer|id|n°|nº|№)(?![A-Za-z])\.?)?"
    )
    return rf"{said}[ \t:：=#.\-]{{0,4}}(?P<value>{pattern}){RIGHT}"


_D = r"\d"
_NINE = _number(r"\d{3}", r"\d{3}", r"\d{3}", sep="[ -]?")
_ELEVEN = _number(r"\d{3}", r"\d{3}", r"\d{3}", r"\d\d")
_BIRTH10 = _number(r"\d{6}", r"\d{4}", sep="[ /-]?")
_BIRTH11 = _number(r"\d{6}", r"\d{5}", sep=r"[ \-]?")
_JMBG = _number(r"\d{13}")

_IDS: dict[str, Sequence[Shape]] = {
    "ae": (_strong("AE_EMIRATES_ID", _number("784", r"\d{4}", r"\d{7}", _D), w.ae_emirates_id),),
    "ar": (
        _strong("AR_CUIT", _number(r"\d\d", r"\d{8}", _D), w.ar_cuit),
        _named("AR_DNI", "DNI|documento", r"\d{1,2}\.?\d{3}\.?\d{3}"),
    ),
    "at": (_weak("AT_SVNR", _number(r"\d{4}", r"\d{2}\.?\d{2}\.?\d{2}", sep="[ /-]?"), e.at_svnr),),
    "be": (_strong("BE_NRN", _number(r"\d\d", r"\d\d", r"\d\d", r"\d{3}", r"\d\d"), e.be_nrn),),
    "bg": (_weak("BG_EGN", _number(r"\d{10}"), e.bg_egn),),
    "br": (
        _strong("BR_CPF", _ELEVEN, c.br_cpf),
        _strong("BR_CNPJ", _number(r"\d\d", r"\d{3}", r"\d{3}", r"\d{4}", r"\d\d", sep=r"[ ./\-]?"), c.br_cnpj),
    ),
    "ca": (_weak("CA_SIN", _NINE, lambda text: d.bare(text)[0] not in "08" and d.luhn(text)),),
    "ch": (_strong("CH_AHV", _number("756", r"\d{4}", r"\d{4}", r"\d\d"), e.ch_ahv),),
    "cl": (
        _strong("CL_RUT", _number(r"\d{1,2}\.?\d{3}\.?\d{3}-[0-9K]", sep=""), c.cl_rut),
        Shape("CL_RUT", r"(?<![A-Za-z])(?:RUT|RUN)[ \t:#.]{0,3}(?P<value>\d{7,8}[0-9K])" + RIGHT, 0.9, lambda text: c.cl_rut(f"{text[:-1]}-{text[-1]}")),
    ),
    "cn": (_strong("CN_RESIDENT_ID", _number(r"\d{6}", r"\d{8}", r"\d{3}[0-9X]", sep="[ -]?"), c.cn_resident_id),),
    "co": (_named("CO_CEDULA", r"c[eé]dula(?: de ciudadan[ií]a)?|C\.?C\.?", r"\d{1,3}(?:\.?\d{3}){1,3}"),),
    "cz": (_weak("CZ_RODNE_CISLO", _BIRTH10, e.cz_rodne_cislo),),
    "de": (_weak("DE_TAX_ID", _number(r"\d\d", r"\d{3}", r"\d{3}", r"\d{3}"), c.de_tax_id),),
    "dk": (
        Shape("DK_CPR", _number(r"\d{6}-\d{4}", sep=""), 0.8, e.dk_cpr, unless_after=OTHER_THINGS),
        _named("DK_CPR", r"CPR|personnummer|cpr-?nummer", r"\d{6}[ -]?\d{4}"),
    ),
    "do": (_weak("DO_CEDULA", _number(r"\d{3}-\d{7}-\d", sep=""), w.do_cedula),),
    "ec": (_weak("EC_CEDULA", _number(r"\d{9}-?\d", sep=""), w.ec_cedula),),
    "ee": (_weak("EE_ISIKUKOOD", _number(r"\d{11}"), e.isikukood),),
    "eg": (_strong("EG_NATIONAL_ID", _number(r"[23]\d{13}"), w.eg_national_id),),
    "es": (
        _strong("ES_NIF", _number(r"\d{2}\.?\d{3}\.?\d{3}[ \-]?[A-Z]", sep=""), c.es_nif),
        _strong("ES_NIE", _number(r"[XYZ][ \-]?\d{7}[ \-]?[A-Z]", sep=""), c.es_nif),
    ),
    "fi": (_strong("FI_PERSONAL_IDENTITY_CODE", _number(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", sep=""), c.fi_hetu),),
    "fr": (_strong("FR_NIR", _number(r"[1-478]", r"\d\d", r"\d\d", r"(?:\d\d|2[AB])", r"\d{3}", r"\d{3}", r"\d\d"), c.fr_nir),),
    "gr": (_weak("GR_AMKA", _number(r"\d{11}"), e.gr_amka),),
    "hk": (_strong("HK_HKID", r"[A-Z]{1,2}\d{6}(?:\([0-9A]\)|[0-9A])", w.hk_hkid),),
    "hr": (_weak("HR_OIB", _number(r"\d{11}"), e.hr_oib),),
    "hu": (
        _weak("HU_TAJ", _number(r"\d{3}", r"\d{3}", r"\d{3}", sep="[ -]?"), e.hu_taj),
        _weak("HU_TAX_ID", _number(r"8\d{9}"), e.hu_tax_id),
    ),
    "id": (_weak("ID_NIK", _number(r"\d{16}"), w.id_nik),),
    "ie": (_strong("IE_PPS", _number(r"\d{7}[A-W][A-IT-X]?", sep=""), e.ie_pps),),
    "il": (_weak("IL_ID", _number(r"\d{8}-?\d", sep=""), w.il_id),),
    "in": (_weak("IN_AADHAAR", _number(r"\d{4}", r"\d{4}", r"\d{4}", sep="[ -]?"), c.in_aadhaar),),
    "ir": (_weak("IR_NATIONAL_CODE", _number(r"\d{3}-?\d{6}-?\d", sep=""), w.ir_national_code),),
    "is": (_strong("IS_KENNITALA", _number(r"\d{6}-?\d{4}", sep=""), e.is_kennitala),),
    "it": (_strong("IT_FISCAL_CODE", _number(r"[A-Z]{6}", r"[0-9L-V]{2}[A-Z][0-9L-V]{2}", r"[A-Z][0-9L-V]{3}[A-Z]", sep=" ?"), c.it_fiscal_code),),
    "jp": (_weak("JP_MY_NUMBER", _number(r"\d{4}", r"\d{4}", r"\d{4}", sep="[ -]?"), w.jp_my_number),),
    "kr": (_strong("KR_RRN", _number(r"\d{6}-[1-8]\d{6}", sep=""), c.kr_rrn),),
    "kz": (_weak("KZ_IIN", _number(r"\d{12}"), w.kz_iin),),
    "lt": (_weak("LT_ASMENS_KODAS", _number(r"\d{11}"), e.isikukood),),
    "lu": (_strong("LU_MATRICULE", _number(r"\d{13}"), e.lu_matricule),),
    "lv": (
        Shape("LV_PERSONAS_KODS", _number(r"\d{6}-\d{5}", sep=""), 0.8, e.lv_personas_kods, unless_after=OTHER_THINGS),
        _named("LV_PERSONAS_KODS", "personas kods", r"\d{6}-?\d{5}"),
    ),
    "mx": (
        _strong("MX_CURP", _number(r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d", sep=""), c.mx_curp),
        _strong("MX_RFC", _number(r"[A-ZÑ&]{4}-?\d{6}-?[A-Z0-9]{3}", sep=""), w.mx_rfc),
    ),
    "my": (
        _strong("MY_NRIC", _number(r"\d{6}-\d\d-\d{4}", sep=""), w.my_nric),
        _named("MY_NRIC", r"NRIC|MyKad|(?:no\. )?kad pengenalan|IC", r"\d{12}"),
    ),
    "nl": (_weak("NL_BSN", rf"(?:{_NINE}|\d{{4}}\.\d\d\.\d{{3}})", c.nl_bsn),),
    "no": (_strong("NO_FODSELSNUMMER", _BIRTH11, e.no_fodselsnummer),),
    "nz": (
        _weak("NZ_IRD", _number(r"\d{2,3}-\d{3}-\d{3}", sep=""), w.nz_ird),
        _named("NZ_IRD", r"IRD", r"\d{2,3}[ -]?\d{3}[ -]?\d{3}"),
        _named("NZ_NHI", r"NHI", r"[A-HJ-NP-Z]{3}\d{4}|[A-HJ-NP-Z]{3}\d{2}[A-HJ-NP-Z]{2}"),
    ),
    "pe": (_named("PE_DNI", r"DNI", r"\d{8}"),),
    "pk": (_strong("PK_CNIC", _number(r"\d{5}-\d{7}-\d", sep=""), c.pk_cnic),),
    "pl": (_strong("PL_PESEL", _number(r"\d{11}"), c.pl_pesel),),
    "pt": (_weak("PT_NIF", _NINE, e.pt_nif),),
    "ro": (_strong("RO_CNP", _number(r"[1-9]\d{12}"), e.ro_cnp),),
    "ru": (
        _strong("RU_SNILS", _number(r"\d{3}-\d{3}-\d{3}[ -]\d\d", sep=""), w.ru_snils),
        _named("RU_SNILS", "снилс|SNILS", r"\d{3}-?\d{3}-?\d{3}[ -]?\d\d"),
        _strong("RU_INN", _number(r"\d{12}"), w.ru_inn),
        _named("RU_PASSPORT", r"паспорт(?:а|е|ом)?(?:[ \t]*:?[ \t]*серия)?", r"\d\d ?\d\d[ \t]*(?:№|номер)?[ \t]*\d{6}"),
    ),
    "sa": (_weak("SA_NATIONAL_ID", _number(r"[12]\d{9}"), w.sa_national_id),),
    "se": (_strong("SE_PERSONNUMMER", _number(r"(?:(?:19|20)\d{6}|\d{6})[-+]?\d{4}", sep=""), c.se_personnummer),),
    "tw": (_strong("TW_NATIONAL_ID", _number(r"[A-Z][1289]\d{8}", sep=""), w.tw_id),),
    "ua": (_weak("UA_RNOKPP", _number(r"\d{10}"), w.ua_rnokpp),),
    "uk": (
        _strong("UK_NINO", _number(r"[A-Z]{2}", r"\d\d", r"\d\d", r"\d\d", r"[A-D]"), c.uk_nino),
        _named("UK_NINO", r"NINO|NI(?: number)?|national insurance(?: number)?", r"[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]"),
    ),
    "us": (
        _named("US_SSN", r"SSNs?|social security(?: number)?", r"\d{3}[ .-]?\d{2}[ .-]?\d{4}"),
        _named("US_ITIN", r"ITIN", r"9\d\d[ -]?\d{2}[ -]?\d{4}"),
    ),
    "uy": (_weak("UY_CI", _number(r"\d\.\d{3}\.\d{3}-\d", sep=""), w.uy_ci),),
    "ve": (_named("VE_CEDULA", r"c[eé]dula|C\.?I\.?", r"[VE]?-?\d{1,2}\.?\d{3}\.?\d{3}"),),
    "za": (_strong("ZA_ID_NUMBER", _number(r"\d{6}", r"\d{4}", r"\d\d", r"\d", sep=" ?"), c.za_id),),
}  # fmt: skip
_IDS |= {
    "sk": (_weak("SK_RODNE_CISLO", _BIRTH10, e.cz_rodne_cislo),),
    **{
        code: (_strong(f"{code.upper()}_JMBG", _JMBG, e.jmbg),) for code in ("rs", "ba", "me", "mk")
    },
    "si": (_strong("SI_EMSO", _JMBG, e.jmbg),),
}

_LABELS = {
    "AE_EMIRATES_ID": "emirates id",
    "AR_CUIT": "CUI[TL]",
    "AT_SVNR": "SVNR|SV-?nummer|sozialversicherungsnummer|versicherungsnummer",
    "BE_NRN": "rijksregisternummer|num[eé]ro national|registre national|NRN|INSZ|NISS",
    "BG_EGN": "ЕГН|EGN",
    "BR_CPF": "CPF",
    "BR_CNPJ": "CNPJ",
    "CA_SIN": "SIN|NAS|social insurance(?: number)?",
    "CH_AHV": "AHV|AVS|AHV-?(?:nr|nummer)|sozialversicherungsnummer",
    "CL_RUT": "RUT|RUN",
    "CN_RESIDENT_ID": "(?:居民)?身份证(?:号码?)?",
    "CZ_RODNE_CISLO": "rodn[eé] [cč][ií]slo|r\\.?[cč]\\.?",
    "DE_TAX_ID": "steuer-?id|steueridentifikationsnummer|IdNr|identifikationsnummer|TIN",
    "DO_CEDULA": "c[eé]dula",
    "EC_CEDULA": "c[eé]dula",
    "EE_ISIKUKOOD": "isikukood",
    "ES_NIF": "DNI|NIF",
    "ES_NIE": "NIE",
    "FI_PERSONAL_IDENTITY_CODE": "HETU|henkil[oö]tunnus",
    "FR_NIR": "NIR|INSEE|s[eé]cu|num[eé]ro de s[eé]curit[eé] sociale|s[eé]curit[eé] sociale",
    "GR_AMKA": "AMKA|ΑΜΚΑ",
    "HK_HKID": "HKID",
    "HR_OIB": "OIB",
    "HU_TAJ": "TAJ(?:-?sz[aá]m)?",
    "ID_NIK": "NIK|KTP",
    "IE_PPS": "PPSN?",
    "IL_ID": "teudat zehut|ת\\.?ז\\.?|תעודת זהות",
    "IN_AADHAAR": "aadhaa?r|UIDAI|आधार",
    "IR_NATIONAL_CODE": "کد ملی",
    "IS_KENNITALA": "kennitala|kt",
    "IT_FISCAL_CODE": "codice fiscale|C\\.?F\\.?",
    "JP_MY_NUMBER": "マイナンバー|個人番号|my number",
    "KR_RRN": "주민등록번호|주민번호|RRN",
    "KZ_IIN": "ИИН|IIN",
    "LT_ASMENS_KODAS": "asmens kodas",
    "MX_CURP": "CURP",
    "MX_RFC": "RFC",
    "NL_BSN": "BSN|burgerservicenummer|sofi-?nummer",
    "NO_FODSELSNUMMER": "f[øo]dselsnummer|fnr|personnummer|d-nummer",
    "PK_CNIC": "CNIC",
    "PL_PESEL": "PESEL",
    "PT_NIF": "NIF|contribuinte|NISS",
    "RO_CNP": "CNP",
    "RU_INN": "ИНН|INN",
    "SE_PERSONNUMMER": "personnummer|pnr|samordningsnummer",
    "SI_EMSO": "EM[SŠ]O",
    "SK_RODNE_CISLO": "rodn[eé] [cč][ií]slo|r\\.?[cč]\\.?",
    "TW_NATIONAL_ID": "身分證(?:字號)?",
    "UA_RNOKPP": "РНОКПП|ІПН|RNOKPP",
    "UY_CI": "C\\.?I\\.?|c[eé]dula",
    "ZA_ID_NUMBER": "(?:SA )?ID(?: number)?",
}
"""A number's own names."""


def _shapes(country: str) -> Iterator[Shape]:
    """Yield a country's shapes with their bounds, and each again as it is behind its own name."""
    for shape in _IDS[country]:
        if "(?P<value>" in shape.pattern:
            yield shape
            continue
        word = shape.entity not in (
            "HK_HKID",
            "MX_RFC",
        )  # one may end in a bracket, one begin with &
        yield replace(shape, pattern=f"{LEFT}(?:{shape.pattern}){RIGHT}", one_word=word)
        if shape.entity in _LABELS:
            yield Shape(shape.entity, _behind(_LABELS[shape.entity], shape.pattern), 0.75)


OWN_COUNTRIES: frozenset[str] = frozenset(_IDS)
"""Countries that have shapes here; the United Kingdom is ``uk``."""

ID_ENTITIES: dict[str, tuple[str, ...]] = {
    country: tuple(dict.fromkeys(shape.entity for shape in shapes))
    for country, shapes in sorted(_IDS.items())
}
"""The entities of each country's shapes."""


def id_rules(countries: Sequence[str]) -> list[OwnRule]:
    """Return one rule per country that has shapes here; ``gb`` is ``uk``."""
    wanted = dict.fromkeys("uk" if code == "gb" else code for code in countries)
    return [OwnRule(f"{code.upper()} numbers", _shapes(code)) for code in wanted if code in _IDS]

"""Names of the entities that are searched for in text, and of the countries with known numbers. A
test compares them with detection.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection

_EVERYWHERE = """
    CREDIT_CARD CRYPTO DATE_TIME EMAIL_ADDRESS IBAN_CODE IP_ADDRESS MAC_ADDRESS PHONE_NUMBER URL
    UUID SECRET USERNAME AGE TITLE ID
"""
_BY_MODEL = "PERSON LOCATION ORGANIZATION NRP DATE_TIME ID"
_OF_COLUMNS = (
    "PERSON_NAME STREET_ADDRESS ADDRESS CITY REGION POSTAL_CODE COUNTRY DATE_OF_BIRTH NATIONAL_ID"
    " RECORD_ID"
)

ENTITIES_BY_COUNTRY: dict[str, tuple[str, ...]] = {
    country: tuple(names.split())
    for country, names in {
        "ae": "AE_EMIRATES_ID",
        "ar": "AR_CUIT AR_DNI",
        "at": "AT_SVNR",
        "au": "AU_ABN AU_ACN AU_MEDICARE AU_TFN",
        "ba": "BA_JMBG",
        "be": "BE_NRN",
        "bg": "BG_EGN",
        "br": "BR_CNPJ BR_CPF",
        "ca": "CA_POSTAL_CODE CA_SIN",
        "ch": "CH_AHV",
        "cl": "CL_RUT",
        "cn": "CN_RESIDENT_ID",
        "co": "CO_CEDULA",
        "cz": "CZ_RODNE_CISLO",
        "de": (
            "DE_BSNR DE_FUEHRERSCHEIN DE_HANDELSREGISTER DE_HEALTH_INSURANCE DE_ID_CARD DE_KFZ"
            " DE_LANR DE_PASSPORT DE_PLZ DE_SOCIAL_SECURITY DE_TAX_ID DE_TAX_NUMBER DE_VAT_ID"
        ),
        "dk": "DK_CPR",
        "do": "DO_CEDULA",
        "ec": "EC_CEDULA",
        "ee": "EE_ISIKUKOOD",
        "eg": "EG_NATIONAL_ID",
        "es": "ES_NIE ES_NIF ES_PASSPORT",
        "fi": "FI_PERSONAL_IDENTITY_CODE",
        "fr": "FR_NIR",
        "gr": "GR_AMKA",
        "hk": "HK_HKID",
        "hr": "HR_OIB",
        "hu": "HU_TAJ HU_TAX_ID",
        "id": "ID_NIK",
        "ie": "IE_PPS",
        "il": "IL_ID",
        "in": "IN_AADHAAR IN_GSTIN IN_PAN IN_PASSPORT IN_VEHICLE_REGISTRATION IN_VOTER",
        "ir": "IR_NATIONAL_CODE",
        "is": "IS_KENNITALA",
        "it": "IT_DRIVER_LICENSE IT_FISCAL_CODE IT_IDENTITY_CARD IT_PASSPORT IT_VAT_CODE",
        "jp": "JP_MY_NUMBER",
        "kr": "KR_BRN KR_DRIVER_LICENSE KR_FRN KR_PASSPORT KR_RRN",
        "kz": "KZ_IIN",
        "lt": "LT_ASMENS_KODAS",
        "lu": "LU_MATRICULE",
        "lv": "LV_PERSONAS_KODS",
        "me": "ME_JMBG",
        "mk": "MK_JMBG",
        "mx": "MX_CURP MX_RFC",
        "my": "MY_NRIC",
        "ng": "NG_NIN NG_VEHICLE_REGISTRATION",
        "nl": "NL_BSN",
        "no": "NO_FODSELSNUMMER",
        "nz": "NZ_IRD NZ_NHI",
        "pe": "PE_DNI",
        "ph": "PH_PASSPORT PH_TIN PH_UMID",
        "pk": "PK_CNIC",
        "pl": "PL_PESEL",
        "pt": "PT_NIF",
        "ro": "RO_CNP",
        "rs": "RS_JMBG",
        "ru": "RU_INN RU_PASSPORT RU_SNILS",
        "sa": "SA_NATIONAL_ID",
        "se": "SE_ORGANISATIONSNUMMER SE_PERSONNUMMER",
        "sg": "SG_NRIC_FIN SG_UEN",
        "si": "SI_EMSO",
        "sk": "SK_RODNE_CISLO",
        "th": "TH_TNIN",
        "tr": "TR_LICENSE_PLATE TR_NATIONAL_ID",
        "tw": "TW_NATIONAL_ID",
        "ua": "UA_RNOKPP",
        "uk": "UK_DRIVING_LICENCE UK_NHS UK_NINO UK_PASSPORT UK_POSTCODE UK_VEHICLE_REGISTRATION",
        "us": (
            "ABA_ROUTING_NUMBER MEDICAL_LICENSE US_BANK_NUMBER US_CLAIM_NUMBER US_DRIVER_LICENSE"
            " US_HEALTH_INSURANCE_MEMBER_ID US_ITIN US_MBI US_NPI US_PASSPORT"
            " US_PRESCRIPTION_NUMBER US_PRIOR_AUTHORIZATION_NUMBER US_PROVIDER_TAX_ID"
            " US_REFERRAL_NUMBER US_SSN"
        ),
        "uy": "UY_CI",
        "ve": "VE_CEDULA",
        "za": (
            "ZA_COMPANY_REGISTRATION ZA_DRIVER_LICENSE ZA_ID_NUMBER ZA_INCOME_TAX_NUMBER "
            "ZA_LICENSE_PLATE ZA_MOBILE_NUMBER ZA_PASSPORT ZA_TELEPHONE_NUMBER "
            "ZA_TRAFFIC_REGISTER_NUMBER ZA_VAT_NUMBER"
        ),
    }.items()
}
"""Entities that are found if their country is named; the United Kingdom is ``uk``, with the alias
``gb``.
"""

EVERYWHERE: frozenset[str] = frozenset(_EVERYWHERE.split())
"""Entities that rules search for in every text."""

BY_NAME_MODEL: frozenset[str] = frozenset(_BY_MODEL.split())
"""Entities that the shipped name model finds."""

KNOWN_COUNTRIES: tuple[str, ...] = tuple(sorted({*ENTITIES_BY_COUNTRY, "gb"}))
"""Codes that ``countries:`` accepts."""

STAYS_UNLESS_NAMED: frozenset[str] = frozenset({"TITLE"})
"""Entities that free text keeps if the rule has no action for them, because alone they identify
nobody.
"""


def known_entities(more: Collection[str] = ()) -> frozenset[str]:
    """Return every entity that a rule for free text may name, with ``more`` of the policy's own."""
    by_country = (name for names in ENTITIES_BY_COUNTRY.values() for name in names)
    return frozenset(
        {
            *EVERYWHERE,
            *BY_NAME_MODEL,
            *_OF_COLUMNS.split(),
            *by_country,
            "DEFAULT",
            "DENY_LISTED",
            *more,
        }
    )


def nearest(name: str, known: Collection[str], count: int = 3) -> list[str]:
    """Return up to ``count`` of ``known`` with the most similar spelling, beginning with those that
    contain ``name``.
    """
    inside = sorted(one for one in known if name.upper() in one or one in name.upper())
    near = difflib.get_close_matches(name.upper(), sorted(known), n=count, cutoff=0.5)
    return list(dict.fromkeys([*inside, *near]))[:count]

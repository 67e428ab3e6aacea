"""Words that say what stands behind them: ``IBAN``, ``PESEL``, ``DNI``. They are no names and no
part of one.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SURE = """
    IBAN BIC PESEL REGON DNI NINO SSN ITIN EIN DOB NHS CPF CNPJ BSN CURP AADHAAR AADHAR SIREN SIRET
    VAT PPSN KVNR NPI DEA MBI MRN AHV AVS OASI UID BTW USt-IdNr USt-ID UStIdNr Steuer-ID SteuerID
    Steuer-IdNr Steuernummer IdNr PKZ SVNR SV-Nr RVNR CUIT CUIL RFC CLABE NSS CUIP CEDULA CNH CEP
    SNILS OGRN KPP EDRPOU IPN RNOKPP PNR CPR HETU EGN JMBG OIB EMBG EMSO CNP AMKA AFM TCKN VKN HKID
    NRIC MyKad NIK NPWP KTP PRC-ID TFN ABN ACN BSB IMEI IMSI ICCID MEID IP IPv4 IPv6 URL UUID GUID
    CVV CVC IFSC UPI GSTIN RRN MRZ PPS NIN KRS LEI EORI INSEE NUSS PLZ ZIP POSTCODE lat lon lng
    latitude longitude Breitengrad Längengrad ID-Nr IDNR Kto-Nr KtoNr Konto-Nr Kontonr Telefon
    Passport Reisepass Passeport Pasaporte Passaporto Paspoort Paszport Personalausweis Führerschein
    Ausweisnummer Passnummer Kundennummer Rechnungsnummer Auftragsnummer ИНН СНИЛС ОГРН КПП БИК
    ЕДРПОУ РНОКПП ЕГН ОИБ ЈМБГ ТФН Паспорт Телефон
    """
_BEFORE_A_NUMBER = """
    NIE NIF NIR PAN PIN PUK TAN SIN RUT RUN CUI CIN INN BAN NIS NAS PIS PASEP RG NIT CI DUI CC TIE
    PPS PIB DIC IČO ICO DIČ RČ CF MST UIN UCI HCN PHN CRN CIF NIPC NIPT EIK ID OIN BIN SIC IK SVN
    ATU UTR ARC FEIN RN HICN BBAN KTO BLZ ABA GST HST TIN CAP FIN MAC Tel Telephone Phone Mobile
    Mobil Handy Fax E-Mail Email Mail Adresse Address Móvil ИП ІПН
    """
"""Labels that are names as well, ``Tan``, ``Nir``, ``Pan``: they are labels where a number
follows.
"""
_UNSPACED = """
    身份证号码 身份证号 身份证 居民身份证 手机号码 手机号 手机 电话号码 电话 邮箱 电子邮件
    护照号码 护照号 护照 银行卡号
    银行卡 卡号 账号 姓名 地址 身分證字號 身分證 手機 電話 信箱 護照 電話番号 携帯番号 携帯 住所
    氏名 メールアドレス
    メール マイナンバー 個人番号 口座番号 口座 旅券番号 カード番号 郵便番号 주민등록번호 전화번호
    휴대폰 이메일 메일
    주소 성명 여권번호 계좌번호 카드번호
    """

_BETWEEN = " \t\n\r\u00a0:.#№°º/=-–,;("
_ID_BEGINS = re.compile(r"[A-Z]{1,4}[ -]?[0-9]")
_AHEAD = 16
"""Code points behind a name that tell whether a number follows."""
_FOLLOWED = r"(?=(?:[\s.:#№°º/=\-–]|(?i:n[ro]\b|num\b|number\b|nummer\b)){1,8}[A-Z]{0,6}[0-9])"


def _any_of(words: str) -> str:
    return "|".join(sorted(map(re.escape, words.split()), key=len, reverse=True))


@lru_cache(maxsize=1)
def _label() -> re.Pattern[str]:
    sure = rf"(?:{_any_of(_SURE)}|(?i:iban|pesel|dob|ssn|aadhaar|curp|cnpj|cpf))(?![^\W_])"
    numbered = rf"(?:{_any_of(_BEFORE_A_NUMBER)})(?![^\W_]){_FOLLOWED}"
    return re.compile(rf"(?<![^\W_])(?:{sure}|{numbered})|{_any_of(_UNSPACED)}")


def without_labels(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of a name without the label words at its ends; empty where nothing else is in
    it.
    """
    near = text[max(0, start - 1) : end + _AHEAD]
    shift = start - max(0, start - 1)
    labels = [
        match.span()
        for match in _label().finditer(near)
        if shift <= match.start() < shift + end - start
    ]
    if not labels:
        return start, end
    low, high = shift, shift + end - start
    for first, last in labels:
        if near[low:first].strip(_BETWEEN):
            break
        low = last
    for first, last in reversed(labels):
        if low >= high or near[last:high].strip(_BETWEEN):
            break
        high = min(high, first)
    while low < high and near[low] in _BETWEEN:
        low += 1
    while high > low and near[high - 1] in _BETWEEN:
        high -= 1
    left, back = near[low:high], start - shift
    number = not any(map(str.isalpha, left)) or _ID_BEGINS.match(near, low) is not None
    return (end, end) if number and len(left) < end - start else (low + back, high + back)

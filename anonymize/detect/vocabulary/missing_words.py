"""Texts that stand for a missing value: the one definition that a draft, a plan and the counter of
people share.

Texts are compared folded: without case, accents, width, spaces and punctuation, so that ``N / A``
is ``n/a``. Whole values are compared, never a part of one.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.detect.words import word_set

_PHRASES = """
n/a; n/a n/a; n.a.; n.d.; n/d; n.n.; n.r.; n.c.; n.b.; n.v.; n.z.; n.s.p.; n.v.t.; s/o; s.o.; s/d;
o.a.; o.ang.; b.d.; н/д; б/н; t.b.d.; tbd; tba; tbc; nvt; na; nan; nat; nn; nd; ns; nr; nc; none;
null; nil; nul; unk; unkn; undef; xx; xxx; xxxx; xxxxx; xxxxxx; not available; not applicable;
not provided; not known; not given; not specified; not stated; not set; not recorded; not found;
not disclosed; no answer; no data; no id; no name; no value; no information; no entry; none given;
no email; name unknown; unknown name; unknown person; unknown user; unknown patient;
unknown customer; to be determined; to be confirmed; to be announced; empty string; unknown;
missing; blank; empty; void; default; undefined; withheld; unspecified; undisclosed; undetermined;
unnamed; unassigned; redacted; deleted; removed; nobody; no one; noone; placeholder; dummy; test;
tests; tester; testing; testuser; test user; test patient; test customer; test person; testkunde;
testpatient; testperson; demo; demo user; dummy user; default user; guest user; anonymous user;
sample; example; admin; user; anonymous; anonym; anon; anonymus; anonymisiert; anonyme; anónimo;
anoniem; аноним; анонимно; anonim; guest; gast; invité; invitado; ospite; гость; gość; misafir;
k.a.; keine angabe; keine angaben; ohne angabe; ohne angaben; nicht angegeben; nicht bekannt;
nicht vorhanden; nicht verfügbar; nicht erfasst; nicht zutreffend; nicht erhoben;
nicht zugeordnet; n. bek.; unbek.; entfällt; keine id; kein name; keine daten; kein eintrag;
name unbekannt; person unbekannt; patient unbekannt; kunde unbekannt; fehlt; fehlend; noch offen;
keine mail; keine e-mail; unbekannt; unbekannte; unbekannter; keine; keiner; kein; ohne; leer;
nix; nichts; niemand; offen; niet van toepassing; niet bekend; niet beschikbaar; niet opgegeven;
geen; geen opgave; geen gegevens; onbekend; leeg; sin datos; sin dato; sin nombre;
sin información; sin especificar; no disponible; no aplica; no consta; no informado; no se sabe;
desconocido; desconocida; ninguno; ninguna; vacío; nadie; non renseigné; non renseignée;
non communiqué; non disponible; non applicable; non connu; non précisé; non spécifié; sans objet;
sans réponse; inconnu; inconnue; aucun; aucune; vide; personne; non disponibile; non noto;
non indicato; sconosciuto; sconosciuta; nessuno; nessuna; vuoto; não informado; não disponível;
não consta; não se aplica; sem dados; sem informação; desconhecido; desconhecida; nenhum;
em branco; ninguém; ukjent; ikke oppgitt; ikke kendt; ej angivet; uppgift saknas; saknas; okänd;
okänt; ei tiedossa; tuntematon; neznámý; neuvedeno; ismeretlen; necunoscut; nespecificat;
nepoznato; άγνωστο; άγνωστος; невідомо; не вказано; не указано; не указан; не указана; неизвестно;
неизвестен; неизвестный; нет данных; отсутствует; не применимо; нет; пусто; никто; brak;
brak danych; brak informacji; nie dotyczy; nie podano; nieznany; nieznana; nieznane; puste; nikt;
bilinmiyor; bilinmeyen; belirtilmemiş; belirtilmedi; veri yok; mevcut değil; bilgi yok; yok; boş;
不明; 不詳; 不详; 未知; 未填写; 未填; 未提供; 无; 無; 没有; 空; 暂无; 匿名; 未記入; 未入力;
該当なし; なし; 名前なし; 未登録; 未設定; 記載なし; 無回答; 없음; 미상; 알 수 없음; 해당 없음;
미입력; 모름; 익명; 정보 없음; غير معروف; غير متوفر; غير متاح; لا يوجد; غير محدد; مجهول; بدون;
לא ידוע; לא זמין; אין; אין מידע; ללא; לא צוין; לא רלוונטי; אלמוני; अज्ञात; नामालूम; उपलब्ध नहीं;
ไม่ทราบ; ไม่ระบุ; không rõ; không có; không biết; tidak diketahui; tidak ada
"""
_ANYWHERE = """
na nan none null nil unknown missing unbekannt onbekend desconocido inconnu неизвестно nieznany
bilinmiyor 不明 未知 미상
"""
"""Words that hardly any long list of things has among them."""
_NAMES = """
na nan nat nul null nil guest gast test tester void brak ohne leer leeg kein keiner blank sample
offen geen empty user nix demo vide nn bos invite personne sans
"""
"""Words that somebody may be called; written as names are, they are left."""
_ERRORS = (
    r"^(?:\\N|(?i:#(?:n/?[av]|ref|value|name|null|num|div/0|wert|bezug|zahl|nom|valeur|valor)"
    r"[!?]?))$"
)
_BRACKETED = r"^[(<\[{].*[)>\]}]$"
_NUMBERS = r"^(?:[-−–] ?(?:1|7+|8+|9+)|[-−–]?0+|9{3,}|8{4,})(?:[.,]0+)?$"
"""Numbers that systems write where they have none; ``-1``, zeros, and rows of nines."""
_IN_NO_MARKER = "[2-6]"
"""Digits that no listed phrase, number or error holds: a tenth of the cost of folding a text, and
most ids, phone numbers and dates are told apart by it.
"""


def folded(texts: pa.Array) -> pa.Array:
    """Return ``texts`` as they are compared: letters and digits alone, without case, accents and
    width.
    """
    plain = pc.utf8_lower(pc.utf8_normalize(texts, form="NFKD"))
    return pc.replace_substring_regex(plain, r"[^\p{L}\p{N}]+", "")


def stands_for_missing(texts: pa.Array) -> pa.BooleanArray:
    """Return which texts name nobody and nothing: markers of every kind, and text without letter
    and digit.

    It errs towards missing: for counting people, where one too many is the dangerous error. Null
    where a text is.
    """
    value = pc.match_substring_regex(texts, _IN_NO_MARKER)
    if 2 * value.true_count < len(texts):
        return _stands_for_missing(texts)
    open_ = pc.invert(value)
    found = _stands_for_missing(texts.filter(open_))
    return pc.replace_with_mask(open_, pc.fill_null(open_, False), found)


def _stands_for_missing(texts: pa.Array) -> pa.BooleanArray:
    bare = folded(texts)
    return pc.or_(
        pc.or_(pc.is_in(bare, value_set=_listed()), pc.equal(bare, "")), is_number_for_none(texts)
    )


def is_number_for_none(texts: pa.Array) -> pa.BooleanArray:
    """Return which texts are a number, or a cell's error, that is written where there is none; null
    where a text is.
    """
    trimmed = pc.utf8_trim_whitespace(pc.utf8_normalize(texts, form="NFKC"))
    zeros = pc.match_substring_regex(folded(texts), "^0+$")
    numbers = pc.or_(zeros, pc.match_substring_regex(trimmed, _NUMBERS))
    return pc.or_(numbers, pc.match_substring_regex(trimmed, _ERRORS))


class Marker(StrEnum):
    """How sure it is that a marker is no value of its column."""

    SIGN = "sign"
    """Marks alone: missing, unless the column has other values that are marks, as ``+`` and
    ``-``.
    """
    SURE = "sure"
    """A phrase, an abbreviation with its points, an error of a cell, a word in brackets."""
    WORD = "word"
    """A value where a column has few: ``none`` beside ``low`` and ``high``."""
    NOBODY = "nobody"
    """A word that is a value of many columns, but names no person."""
    NUMBER = "number"
    """A number that is one more value where its neighbours are there."""


def kind_of(text: str) -> Marker | None:
    """Return what kind of marker ``text`` is to who proposes to read it as missing; None where it
    may be a value.

    Stricter than ``stands_for_missing``: a value that is read as missing is lost.
    """
    if not bool(stands_for_missing(pa.array([text], pa.string()))[0].as_py()):
        return None
    text = text.strip()
    if re.fullmatch(_ERRORS, text):
        return Marker.SURE
    (bare,) = folded(pa.array([text], pa.string())).to_pylist()
    if not bare:
        return Marker.SIGN if re.fullmatch(r"[-–—_?./…]+", text) else None
    if is_number_for_none(pa.array([text], pa.string()))[0].as_py():
        return Marker.NUMBER
    if (
        text in ("NULL", "null", "NaN", "nan")
        or re.fullmatch(_BRACKETED, text)
        or re.search(r"\w\W+\w|\w[./]", text)
    ):
        return Marker.SURE
    if text.istitle() and bare in word_set(_NAMES):
        return None
    return Marker.WORD if bare in word_set(_ANYWHERE) else Marker.NOBODY


@cache
def _listed() -> pa.Array:
    phrases = [phrase.strip() for phrase in " ".join(_PHRASES.split()).split(";")]
    return pc.unique(folded(pa.array(phrases, pa.string())))

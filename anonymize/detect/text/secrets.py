# ruff: noqa: E501
"""Secrets in text: keys and tokens by their form, passwords behind their word, credentials in URLs
and headers.
"""

from __future__ import annotations

import math
import re
from collections import Counter

from anonymize.detect.text.own_rules import RIGHT, OwnRule, Shape
from anonymize.detect.words import word_set

_START = r"(?<![0-9A-Za-z_])"
_END = r"(?![0-9A-Za-z_-])"
_TOKENS: dict[str, str] = {
    "JWT": r"eyJ[\w-]{8,}\.(?:eyJ)?[\w-]{8,}\.[\w-]*(?![\w-])",
    "AWS key id": rf"(?:AKIA|ASIA|AGPA|AIDA|AROA|ABIA|ACCA)[A-Z0-9]{{16}}{_END}",
    "GitHub token": rf"(?:gh[pousr]_[A-Za-z0-9]{{20,}}|github_pat_\w{{22,}}){_END}",
    "GitLab token": rf"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[\w-]{{16,}}{_END}",
    "Slack token": rf"(?:xox[abeoprs](?:\.xox[bp])?|xapp)-[A-Za-z0-9-]{{10,}}{_END}",
    "Stripe key": rf"(?:[spr]k_(?:live|test)_\w{{10,}}|whsec_[A-Za-z0-9+/=]{{16,}}){_END}",
    "Google key": rf"(?:AIza[\w-]{{30,}}|ya29\.[\w-]{{20,}}|GOCSPX-[\w-]{{20,}}){_END}",
    "model provider's key": (
        rf"(?:sk-(?:ant|proj|svcacct|admin|or|lf|None)-[\w-]{{16,}}|sk-[A-Za-z0-9]{{24,}}|hf_[A-Za-z0-9]{{20,}}|gsk_[A-Za-z0-9]{{20,}}|r8_[A-Za-z0-9]{{20,}}){_END}"
    ),
    "package registry token": (
        rf"(?:npm_[A-Za-z0-9]{{30,}}|pypi-[\w-]{{16,}}|rubygems_[a-f0-9]{{40,}}|dckr_pat_[\w-]{{20,}}){_END}"
    ),
    "service token": (
        r"(?:SG\.[\w-]{16,}\.[\w-]{16,}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|dop_v1_[a-f0-9]{40,}|hvs\.[\w-]{20,}"
        r"|EAA[A-Za-z0-9]{80,}|sq0[a-z]{3}-[\w-]{22,}|AGE-SECRET-KEY-1[A-Z0-9]{50,}|key-[0-9a-f]{32}|lin_api_\w{32,}"
        rf"|glc_[A-Za-z0-9+/=]{{32,}}|dapi[a-f0-9]{{32}}|NRAK-[A-Z0-9]{{27}}|\d{{8,10}}:AA[\w-]{{33}}){_END}"
    ),
}
"""Forms that nothing but a secret has."""

_PRIVATE_KEY = (
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----END))*(?:-----END[A-Z0-9"
    r" ]*-----)?"
)
_HOOKS = (
    r"https?://(?:hooks\.slack\.com/(?:services|workflows)|(?:\w+\.)?discord(?:app)?\.com/api/webhooks"
    r"|outlook\.office\.com/webhook)/(?P<value>[\w/@-]{16,})"
)

_WORDS = (
    r"pass(?:word|wd|phrase|code)|pwd|pswd|passwort|kennwort|losungswort|contrase(?:ñ|n)a|clave de"
    r" acceso"
    r"|mot de passe|mdp|senha|palavra-passe|parola"
    r" d'ordine|wachtwoord|has[łl]o|heslo|jelsz[óo]|l[öo]senord|passord"
    r"|adgangskode|kodeord|salasana|[şs]ifre|пароль|κωδικός|密码|密碼|口令|パスワード|비밀번호|암호|पासवर्ड|كلمة"
    r" المرور|סיסמה"
)
_PERHAPS = r"pass|pw|clave|parola|login|credentials?|creds|zugangsdaten"
"""Words that mean more than a password: what is behind them must be written like one."""
_CODE = (
    r"CVV2?|CVC2?|CVN|OTP|mTAN|(?:one[- ]time|verification|security|confirmation|access)"
    r" (?:code|pin|password)|2FA code|bestätigungscode|sicherheitscode|code de vérification|código"
    r" de verificación"
    r"|验证码|確認コード|인증번호"
)
_PIN = "PIN(?:[ -]?(?:code|nummer|number))?"
"""Six digits behind it are India's postal code."""
_NAMES = (
    r"(?:api|secret|access|private|auth|account|client|master|encryption|signing|shared|session|refresh|bearer)[_ -]?"
    r"(?:access[_"
    r" -]?)?(?:keys?|token|secret|password)|(?:client|app|jwt|shared|consumer)[_-]?secret|accountkey"
    r"|sharedaccess(?:key|signature)|sig|secret|token"
)
_IS = (
    r"[\"'`*]{0,3}[ \t]{0,3}(?:[:=：]|=>|:=|-{1,2}>|(?:is|ist|es|est|è|é|jest)[ \t]*:|lautet:?)["
    r" \t]{0,3}"
)
_BE = r"[ \t]{1,3}(?:(?:is|was|ist|war|es|est|è|é|jest)[ \t]{1,3})?"
_QUOTED = r"\"(?P<value>(?:[^\"\\\n]|\\.){1,200})\"|'(?P<value>(?:[^'\\\n]|\\.){1,200})'|`(?P<value>[^`\n]{1,200})`"
_BARE = r"(?P<value>[^\s\"'`<>,;，。；、]{4,200})"


def _guessable_word(text: str) -> bool:
    """Return whether ``text`` is prose or a placeholder, not a password: letters of one case, or a
    stand-in.
    """
    word = text.strip("\"'`.,;:!?()[]{}*")
    return (
        len(word) < 3
        or _PLACE_HOLDER.fullmatch(word) is not None
        or (word.isalpha() and word[1:].islower() and word.lower() in _PROSE_WORDS)
    )


_PLACE_HOLDER = re.compile(
    r"(?i)\*+|•+|x{3,}|\.{2,}|-+|_+|<[^>]*>|\[[^\]]*\]|\$?\{+[^}]*\}*|\$\w+|%\w+%|none|null|nil|undefined|true|false|n/?a"
    r"|(?:str|string|int|bool|bytes|optional|any|text|varchar|object|boolean|number|self)\b.*|redacted|hidden|masked"
    r"|your[_-].*|\w+\(.*|(?:os|process|env|config|settings|self|args|request|data|this)\..*|getenv.*|https?://.*"
)
_PROSE_WORDS = word_set("""
    the a an and or not is are was were be been will can cannot may must should has have had your my our their his her
    its this that these those it we you they i who what when where why how which to for from of on in at by with
    without about after before mail email reset resets changed change changes change expired expires expiry forgotten
    forgot lost required optional invalid incorrect wrong missing empty protected protection policy policies manager
    field fields length strength sent send needs need works worked failed fails updated update set blank same new old
    please see below above here there ok okay yes no sure only also again still never always now then once today
    unknown stored saved hash hashed encrypted kept recovery prompt page link form request requests error errors
    nicht kein keine ist wird wurde zurückgesetzt vergessen abgelaufen geändert falsch ungültig bitte neu alt
    no es está fue olvidada olvidado cambiada caducada incorrecta nueva est été oublié expiré changé invalide nouveau
    dimenticata scaduta errata nuova vergeten verlopen gewijzigd onjuist niet esquecida expirada alterada incorreta
    nova não minimum maximum min max strong weak secure correct too short long good bad empty der die das ein eine le la les
    un une el los las il lo gli een de het zapomniane wygasło zmienione niepoprawne nie
""")


def _password(text: str) -> bool:
    """Return whether the text after a word for password and a sign for ``is`` is a password."""
    return not _guessable_word(text)


def _strong_word(text: str) -> bool:
    """Return whether ``text`` is written as only passwords are: letters beside digits or marks,
    without a sentence's.
    """
    word = text.rstrip(".,;:!?)\"'")
    kinds = [any(map(kind, word)) for kind in (str.isalpha, str.isdigit)]
    odd = any(not ch.isalnum() and ch not in "-'’./" for ch in word)
    return (
        len(word) >= 5
        and not _guessable_word(word)
        and sum(kinds) + odd >= 2
        and not _ordinary(word)
    )


def _ordinary(word: str) -> bool:
    """Return whether a word with digits or marks is a version, a date, a time, an ordinal or an
    address.
    """
    return (
        re.fullmatch(
            r"(?i)v?[\d.:/-]+(?:st|nd|rd|th|am|pm|h|min|s|x|%)?|[\w.+-]+@[\w.-]+|\w+://\S*|\(.*\)",
            word,
        )
        is not None
    )


def _random(text: str) -> bool:
    """Return whether a value behind ``token`` or ``key`` is drawn at random: long, letters and
    digits, many different.
    """
    word = text.strip("\"'`")
    if (
        len(word) < 16
        or _guessable_word(word)
        or not re.search(r"\d", word)
        or not re.search(r"[A-Za-z]", word)
    ):
        return False
    counts = Counter(word)
    return -sum(n / len(word) * math.log2(n / len(word)) for n in counts.values()) >= 3.0


def _credential(text: str) -> bool:
    """Return whether the text after ``Basic`` is base64 of a user and a password, or random."""
    import base64

    try:
        return b":" in base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return False


def secret_shapes() -> list[Shape]:
    """Return the shapes of secrets."""
    opening = r"(?<![A-Za-z0-9])(?:[A-Za-z0-9]+[_.-]){0,4}"
    labelled = rf"{opening}(?:{_WORDS})(?:[_-]?(?:hash|value|text|[0-9]))?{_IS}"
    assigned = rf"{opening}(?:{_NAMES})[\"'`]{{0,2}}[ \t]{{0,3}}[:=：][ \t]{{0,3}}"
    either, word = rf"(?:{_QUOTED}|{_BARE})", r"(?P<value>[^\s\"'`<>,;]{4,64})"
    sign = r"(?:[:=：>]|lautet)"
    return [
        *(Shape("SECRET", _START + pattern, 1.0, flags=0) for pattern in _TOKENS.values()),
        Shape("SECRET", _PRIVATE_KEY, 1.0, flags=0, probe=r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY"),
        Shape("SECRET", _HOOKS, 1.0),
        Shape("SECRET", labelled + either, 0.95, _password, probe=rf"(?:{_WORDS})[^\n]{{0,12}}?{sign}"),
        Shape("SECRET", rf"(?<!\w)(?:{_WORDS}){_BE}{word}", 0.9, _strong_word),
        Shape("SECRET", rf"(?<!\w)(?:{_PERHAPS})[ \t]*[:=：/][ \t]*{word}", 0.9, _strong_word),
        Shape("SECRET", rf"(?<!\w)(?:{_CODE})(?:{_BE}|[ \t]*[:=：#][ \t]*)(?P<value>\d{{3,8}}){RIGHT}", 0.8),
        Shape("SECRET", rf"(?<!\w){_PIN}(?:{_BE}|[ \t]*[:=：#][ \t]*)(?P<value>\d{{4,5}}|\d{{7,8}}){RIGHT}", 0.8),
        Shape("SECRET", assigned + either, 0.95, _random, probe=rf"(?:{_NAMES})[\"'` \t]{{0,5}}[:=：]"),
        Shape("SECRET", r"\bbearer[ \t]+(?P<value>[\w.~+/=-]{16,})", 1.0, _random),
        Shape("SECRET", r"\bauthorization[\"']?[ \t]*[:=][ \t]*[\"']?(?:bearer|token|apikey)[ \t]+(?P<value>[\w.~+/=-]{8,})", 1.0),
        Shape("SECRET", r"\bbasic[ \t]+(?P<value>[A-Za-z0-9+/]{8,}={0,2})", 1.0, _credential),
        Shape("SECRET", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'<>]{0,64}:(?P<value>[^\s/@\"'<>]{1,128})@", 1.0, _password),
        Shape("SECRET", r"\bcurl\b[^\n]{0,200}?\s(?:-u|--user)[ =]?[\"']?[^\s:\"']{1,64}:(?P<value>[^\s\"']{1,128})", 0.95, _password),
    ]  # fmt: skip


def secret_rule() -> OwnRule:
    """Return the rule that finds secrets."""
    return OwnRule("secrets", secret_shapes())

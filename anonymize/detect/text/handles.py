# ruff: noqa: E501
"""Handles, ages and titles in text."""

from __future__ import annotations

import re

from anonymize.detect.text.own_rules import OwnRule, Shape
from anonymize.detect.words import word_set

_AT_RULES = word_set("""
    media import charset font-face keyframes supports page layer property container namespace include mixin extend use
    param params return returns throws throw exception override overrides deprecated author since see link inheritdoc
    test tests before after beforeeach aftereach todo type types typedef template version file brief note property
    staticmethod classmethod abstractmethod dataclass dataclasses cached_property lru_cache cache wraps overload final
    pytest app route router task flow contextmanager autowired component service controller repository bean entity
    table column id value data getter setter builder injectable input output ngmodule inject module nullable nonnull
    notnull suppresswarnings functionalinterface safevarargs postmapping getmapping requestmapping requestbody
    everyone here channel all team home work interface end selector implementation class protocol synthesize optional
    export default global private public static readonly const enum yields async callback example event fires license
""")
"""What code and chats write behind an at sign that is nobody."""
_LABELS = (
    r"user[ _-]?name|screen[ _-]?name|nick(?:name)?|handle|benutzername|nutzername|nom"
    r" d[’']utilisateur|pseudo|usuario"
    r"|nombre de usuario|nome utente|usuário|nome de usuário|gebruikersnaam|nazwa"
    r" użytkownika|användarnamn|brugernavn"
    r"|brukernavn|käyttäjätunnus|kullanıcı"
    r" adı|логин|用户名|ユーザー名|skype|telegram|instagram|insta|twitter|snapchat"
    r"|github|gitlab|discord|mastodon|tiktok|wechat|微信"
)
_NO_NAMES = word_set("""
    the a an is was and or not none null required optional invalid unknown empty missing field page account app link
    support team bot post feed page story profile url api to for in on at by with from your my
""")
_HOSTS = r"(?:com|org|net|io|co|de|fr|es|it|nl|uk|eu|info|edu|gov|dev|app|example|local|internal|png|jpe?g|svg|js|ts|py)"


def _is_handle(text: str) -> bool:
    """Return whether ``text`` behind an at sign may be a person's: no rule of code, no host."""
    return text.lstrip("@").lower() not in _AT_RULES


def _is_name(text: str) -> bool:
    """Return whether the text after a label for user name is a user name."""
    return text.lower() not in _NO_NAMES


def handle_rule() -> OwnRule:
    """Return the rule that finds handles of people."""
    begin = r"(?:^|(?<=[\s(\[{\"'“‘.,;:!?/>|…*~]|[^\x00-\x7f]))"
    begin_wide = r"(?:^|[\s(\[{\"'“‘.,;:!?/>|…*~]|[^\x00-\x7f])"
    bare = rf"@[a-z_](?:[a-z0-9_.-]{{0,28}}[a-z0-9_])(?![a-z0-9_@/(]|[.-][a-z0-9_])(?<!\.{_HOSTS})"
    far = r"@[a-z0-9_.-]{1,30}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?![a-z0-9_@])"
    return OwnRule(
        "handles",
        [
            Shape("USERNAME", begin + bare, 0.75, _is_handle, probe=rf"{begin_wide}@[a-z_]"),
            Shape("USERNAME", begin + far, 0.85, probe=rf"{begin_wide}@[\w.-]{{1,30}}@[a-z0-9]"),
            Shape("USERNAME", r"(?<![\w/.:-])/?u/[\w-]{3,20}(?![\w/.-]*/)(?![\w-])", 0.8),
            Shape(
                "USERNAME",
                rf"(?<![\w-])(?:{_LABELS})(?:[ ]?(?:handle|id|name|account))?[ \t]*(?:[:=：]|[ ]is[ ])[ \t]*[\"'@]?"
                r"(?P<value>[A-Za-z0-9_](?:[\w.#-]{1,30}\w))(?![\w@/])",
                0.75,
                _is_name,
            ),
        ],
    )  # fmt: skip


_AGE = r"(?:1[01][0-9]|[1-9]?[0-9])"
_NUMBER_LEFT = r"(?<![0-9A-Za-z_])(?<![0-9][-./:,])"
_LASTED = (
    r"(?:for|since|over|within|last|past|next|in|every|after|than|about \d+"
    r" to|depuis|pendant|en|dans|sous|pour|toutes les"
    r"|il y a|durant|après|moins de|hace|durante|desde|dentro de|en los"
    r" últimos|por|tras|cada|da|per|fra|tra|negli ultimi"
    r"|ogni|há|faz|nos"
    r" últimos|em|após|sinds|al|binnen|gedurende|seit|vor|nach|binnen|während|przez|od|za|po|co|i|om|under"
    r"|sedan|před|za|po|uz|už|через|за|на|около|более|последние)[ ]+"
)


def age_rule() -> OwnRule:
    """Return the rule that finds people's ages; the number is the finding."""
    age = rf"(?P<value>{_AGE})"
    behind = (
        rf"(?<![A-Za-z])(?:aged?(?:[ ](?:of|is|was))?|age[ ]?[:=]|turn(?:ed|s|ing)|im Alter"
        rf" von|Alter[ ]?[:=]|âgée?s?[ ]de|âge[ ]?[:=]"
        rf"|edad(?:[ ]de|[ ]?[:=])|età(?:[ ]di|[ ]?[:=])|idade(?:[ ]de|[ ]?[:=])|leeftijd(?:["
        rf" ]van|[ ]?[:=])"
        rf"|wiek(?:u|[ ]?[:=])|ålder[ ]?[:=]?|alder[ ]?[:=]?|ikä[ ]?[:=]|yaş[ıi]?["
        rf" ]?[:=]|возраст[еа]?[ ]?[:=]?"
        rf"|年齢[:：]?|年龄[:：]?|나이[:：]?)[ \t]{{0,2}}{age}(?![0-9A-Za-z%:]|[.,/-][0-9]|["
        r" ]?(?:days?|weeks?|hours?|minutes?|files?|items?))"
    )
    old = (
        rf"{_NUMBER_LEFT}{age}(?:"
        r"[- ]?(?:years?|yrs?|months?)[- ]old|[ ]?-?y[./]?o\b\.?|[- ]years?[ ]of[ ]age"
        r"|[ ]?Jahren?[ ](?:alt|jung)|-?[ ]?jährige[rnms]?\b|[ ]ans[ ]révolus"
        r"|[ ]años[ ]de[ ]edad|[ ]anni[ ]d[’']età|[ ]anos[ ]de[ ]idade|[ ]jaar[ ]oud|-jarige|[ ]år["
        r" ]gam(?:mal|mel)"
        r"|-årig[ae]?\b|-vuotias|-vuotiaa?n|-?letni[aemych]*\b|-?latk\w*|[ ]yaşında\w*|-летн\w+|["
        r" ]?(?:岁|歲|歳|才(?![能华])|세(?![기계])|살(?![다아]))"
        r"|[ ]साल[ ]की?|[ ]वर्षीय|[ ]עاما)"
    )
    plain = (
        rf"{_NUMBER_LEFT}{age}[ \u00a0](?:ans|años|anni|anos|lat|lata|let|лет|года?|år)(?![\w])"
        r"(?![ ](?:d[’'](?:exp|anc)|de["
        r" ](?:exp|garant|serv|trabaj|carr|prison|p[ri]|cárcel|casa|contrat|vie\b|mari)"
        r"|di["
        r" ](?:esp|garan|serv|car)|doświadcz|gwaranc|опыт|стаж|garanti|erfaren|más|plus|later|plus\b|de"
        r" plus))"
    )
    return OwnRule(
        "ages",
        [
            Shape("AGE", behind, 0.75),
            Shape("AGE", old, 0.8),
            Shape("AGE", plain, 0.6, unless_after=_LASTED + r"(?:\w+[ ]){0,1}"),
            Shape("AGE", rf"\b(?:he|she|they|who)(?:[’']s|[ ]is|[ ]was|[ ]are)[ ]{age}(?=[ ]?(?:[.,;!?]|and\b|$))", 0.6),
        ],
    )  # fmt: skip


_TITLES = (
    r"(?:Mr|Mrs|Ms|Mx|Dr|Drs|Prof|Rev|Hon|Sgt|Lt|Capt|Col|Gen|Maj|Insp|Sr|Sra|Srta|Dott|Dott\.ssa|Sig|Sig\.ra|Avv|Ing"
    r"|Dipl\.-Ing|Mag|Dhr|Mevr|Mw|Mme|Mlle|MM|Me|Dña|Univ\.-Prof|Priv\.-Doz|PD|h\.c|med|rer\."
    r" nat|phil|jur)\."
    r"|(?:Mr|Mrs|Ms|Mx|Dr|Prof|Mme|Mlle|Miss|Sir|Dame|Lord|Lady|Professor|Doctor|Madam|Herrn?|Frau|Fräulein|Monsieur"
    r"|Madame|Mademoiselle|Maître|Señora?|Señorita|Doña|Don|Signora?|Dottore|Dottoressa|Senhora?|Dona|Doutora?|Mevrouw"
    r"|Meneer|Pani?|Reverend|Rabbi|Imam|Sheikh|Captain|Sergeant|Lieutenant|Colonel)"
)


def is_title(text: str) -> bool:
    """Return whether ``text`` is titles and forms of address alone: ``Frau``, ``Herr Dr.``."""
    return re.fullmatch(rf"\s*(?:(?:{_TITLES})\s*)+", text) is not None


def title_rule() -> OwnRule:
    """Return the rule that finds titles and forms of address before a name."""
    name = r"[ \u00a0](?=[A-ZÀ-ÖØ-ÞА-ЯΑ-Ω][^\W\d_]|[A-Z]\.)"
    titles = rf"(?<![\w.-])(?P<value>(?:{_TITLES})(?:[ \u00a0](?:{_TITLES}))*){name}"
    return OwnRule(
        "titles", [Shape("TITLE", titles, 0.6, flags=0, probe=rf"\b(?:{_TITLES})[ \u00a0]")]
    )

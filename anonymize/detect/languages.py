"""Languages of text that detection supports, so that a policy cannot name one in which no names
would be found.
"""

from __future__ import annotations

from collections.abc import Sequence

from anonymize.detect.name_models.interface import SHIPPED

SERVED = (
    "bg",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "fi",
    "fr",
    "hu",
    "id",
    "it",
    "nl",
    "pl",
    "pt",
    "ro",
    "ru",
    "sv",
    "uk",
)
"""ISO 639-1 codes of languages in whose sentences the shipped model covers two names in five or
more.

Measured on 60 invented names a language; the model card has the figures. English is what it was
made for.
"""
_WORDS = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
    ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln
    lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
    pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti
    tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
KNOWN = frozenset(_WORDS.split())
"""Every ISO 639-1 code."""


def unserved_languages(languages: Sequence[str], ner: str) -> tuple[str, ...]:
    """Return a sentence per unsupported language that lists the supported ones.

    With a name model of the user's own, every existing language is accepted, because only the user
    knows what that model supports.
    """
    own = ner not in ("off", SHIPPED)
    problems = (
        []
        if languages
        else [f"none is named, so no rule would look at any text; choose among {', '.join(SERVED)}"]
    )
    for code in dict.fromkeys(languages):
        if code.lower() not in KNOWN:
            what = f"'{code}' is no ISO 639-1 code of a language"
        elif own or code.lower() in SERVED:
            continue
        else:
            what = f"names in texts of the language '{code}' are not found"
        advice = "" if own else "; or name a model that does: detect: {ner: spacy:MODEL}"
        served = "any code of ISO 639-1" if own else ", ".join(SERVED)
        problems.append(f"{what}; choose among {served}{advice}")
    return tuple(problems)

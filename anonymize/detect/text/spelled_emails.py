"""E-mail addresses written for readers and not for programs: ``ana at corp dot com``,
``ana[at]corp.com``.
"""

from __future__ import annotations

import re

_AT = r"(?:\s?[\[({<]\s?(?:at|@|ät|arroba|chez)\s?[\])}>]\s?|\s(?:at|ät|arroba)\s|\s?@\s?)"
_DOT = (
    r"(?:\s?[\[({<]\s?(?:dot|punkt|punto|point|ponto|\.)\s?[\])}>]\s?"
    r"|\s(?:dot|punkt|punto|point|ponto)\s)"
)
_SPELLED = re.compile(
    rf"(?i)[\w.+-]{{1,64}}(?:{_DOT}[\w+-]{{1,64}}){{0,3}}(?:"
    rf"{_AT}(?:[\w-]{{1,63}}(?:\.|{_DOT})){{0,4}}[\w-]{{1,63}}{_DOT}[a-z]{{2,24}}"
    rf"|\s?[\[({{<]\s?(?:at|@|ät|arroba|chez)\s?[\])}}>]\s?[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,4}}\.[a-z]{{2,24}})"
)
"""An address with its at sign or a dot spelled out; ``at`` alone says too little, so a spelled dot
stands behind it.
"""


def is_spelled_mail(text: str) -> bool:
    """Return whether ``text`` as a whole is an e-mail address written for readers: ``ana at corp
    dot com``.
    """
    return len(text) <= 254 and _SPELLED.fullmatch(text.strip()) is not None

"""Names of files in text, of which a person's name takes the whole stem: half of one is half a
name.
"""

from __future__ import annotations

import re

from anonymize.detect.text.script_boundaries import is_caseless

_ENDINGS = (
    "jpe?g|png|gif|bmp|tiff?|webp|heic|svg|psd|raw|dcm|pdf|docx?|dotx?|odt|ods|odp|rtf|pages|txt|md"
    "|xlsx?|xlsm|csv|tsv|json|jsonl|xml|html?|parquet|pptx?|key|eml|msg|ics|vcf|zip|rar|7z|tar|gz"
    "|bz2|xz|tgz|mp3|m4a|wav|ogg|flac|mp4|m4v|mov|avi|mkv|webm|bak|log|epub|dwg"
)
_FILE = re.compile(
    rf"(?i)(?<![\w@.+-])(\w[\w.+-]*?)(?: ?\(\d{{1,3}}\))?(?:\.(?:{_ENDINGS}))+(?![\w@+-]|\.\w)"
)
_FURTHEST = 255
"""Code points of a file's name at most, as file systems have it: a name costs no more than that."""


def whole_stem(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds of a name, widened to the stem of the file name that contains it or
    overlaps it.

    The stem ends before the extension (``.jpg``, ``.tar.gz``), which is left out. Letters of a
    script without capitals that directly follow a stem of another script belong to the sentence.
    Outside of file names the bounds are returned unchanged.
    """
    for match in _FILE.finditer(text, _begin(text, start), _end(text, end)):
        low, high = match.span(1)
        if low < end and start < high:
            at = max(low, start)
            while at > low and is_caseless(text[at - 1]) == is_caseless(text[at]):
                at -= 1
            return min(at, start), high
    return start, end


def _begin(text: str, at: int) -> int:
    """Return where the run of characters without blanks begins that holds position ``at``."""
    least = max(0, at - _FURTHEST)
    while at > least and not text[at - 1].isspace():
        at -= 1
    return at


def _end(text: str, at: int) -> int:
    """Return where that run ends, with the number of a copy behind it: ``photo (2).jpg``."""
    most = min(len(text), at + _FURTHEST)
    while at < most and not (text[at].isspace() and text[at + 1 : at + 2] != "("):
        at += 1
    return at

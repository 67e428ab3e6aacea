"""E-mail addresses in a code are found; digests, keys and paths are not taken for any."""

from __future__ import annotations

import base64

import pytest

from anonymize.detect import make_scanner
from anonymize.detect.text.encoded_emails import encoded_mails
from tests.detect.harmless_columns import HARMLESS, values_of

ADDRESS = "alice.smith+shop@example.org"
CODES = {
    "percent": ADDRESS.replace("@", "%40"),
    "percent with its dots": ADDRESS.replace("@", "%40").replace(".", "%2E").replace("+", "%2B"),
    "percent twice": ADDRESS.replace("@", "%2540"),
    "html": ADDRESS.replace("@", "&#64;"),
    "html in hexadecimal": ADDRESS.replace("@", "&#x40;"),
    "json": ADDRESS.replace("@", "\\u0040"),
    "hexadecimal": ADDRESS.encode().hex(),
    "hexadecimal in capitals": ADDRESS.encode().hex().upper(),
    "base64": base64.b64encode(ADDRESS.encode()).decode(),
    "base64 for links": base64.urlsafe_b64encode(ADDRESS.encode()).decode().rstrip("="),
    "base64 of a record": base64.b64encode(f'{{"user": "{ADDRESS}"}}'.encode()).decode(),
}
AROUND = (
    "{}",
    "https://example.org/u?user={}&lang=en",
    "user={}",
    "https://example.org/unsubscribe/{}",
    "seen {} at noon",
    '{{"u": "{}"}}',
)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("around", AROUND)
def test_an_address_in_a_code_is_found(code: str, around: str) -> None:
    """Alone, in a link, in a log line, in JSON."""
    text = around.format(CODES[code])
    assert [text[find.start : find.end].strip("=") for find in encoded_mails(text)] == [
        CODES[code].strip("=")
    ]


@pytest.mark.parametrize("kind", HARMLESS)
def test_nothing_harmless_decodes_to_one(kind: str) -> None:
    """A thousand values of every kind."""
    assert not [value for value in values_of(kind, 1_000) if list(encoded_mails(value))]


@pytest.mark.parametrize(
    "text",
    [
        "width: 40%40px",
        "100%40",
        "q=50%40off",
        base64.b64encode(b"no address at all here").decode(),
        "a" * 9_000,
    ],
)
def test_codes_without_an_address_are_none(text: str) -> None:
    """A per cent sign before a number, an ordinary text in Base64, a long word."""
    assert not list(encoded_mails(text))


@pytest.mark.parametrize("code", CODES)
def test_free_text_loses_it_too(code: str) -> None:
    """The scanner marks the whole word, so that what is written in its place is no code of the
    address.
    """
    bare = CODES[code].rstrip("=")
    text = f"asked by {bare} at noon"
    start = text.index(bare)
    assert [(start, start + len(bare))] == [
        s[:2] for s in make_scanner().scan_text(text) if s[2] == "EMAIL_ADDRESS"
    ]

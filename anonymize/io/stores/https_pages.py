"""Makes one body of an address's JSON: its list of records, or those of all its pages, a record a
line.
"""

from __future__ import annotations

import re
import time
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from anonymize.errors import SourceError
from anonymize.io.stores.https_connection import refuse_elsewhere, shown
from anonymize.io.stores.https_download import Body, download
from anonymize.io.stores.https_settings import HttpsSettings
from anonymize.io.stores.json_records import records_of, value_at
from anonymize.io.stores.spool import Spool

LARGEST_PAGE_BYTES = 256 << 20
"""A list that does not come in lines is in memory whole; a longer one must come in pages."""
_NEXT = re.compile(r'<([^<>]*)>[^<]*?;\s*rel="?(?:[^"<>]*\s)?next(?:\s[^"<>]*)?"?', re.IGNORECASE)


def whole_body(url: str, settings: HttpsSettings) -> tuple[Body, str]:
    """Return the body at ``url`` with all its pages, and the ending of its format (``.csv``, …;
    empty if its type tells none).

    Raises:
        SourceError: see `download`; or a page is not JSON, or leads to another host.
    """
    until = time.monotonic() + settings.most_seconds
    if settings.paging_by:
        return _paged(url, settings, until), ".jsonl"
    body = download(url, settings, settings.most_bytes, until)
    kind = body.content_type.partition(";")[0].strip().lower()
    ending = {
        "text/csv": ".csv",
        "text/tab-separated-values": ".tsv",
        "application/json": ".json",
        "application/x-ndjson": ".jsonl",
        "application/jsonl": ".jsonl",
        "application/vnd.apache.parquet": ".parquet",
        "application/x-parquet": ".parquet",
    }.get(kind, "")
    is_json = ending == ".json" or urlsplit(url).path.lower().endswith(".json")
    if is_json and body.spool.read(0, 1 << 10).lstrip()[:1] == b"[":
        lines = Spool()
        _append(body, "", lines, settings, shown(url))
        body = Body(lines, body.url, body.content_type, body.etag, body.link)
        ending = ".jsonl"
    return body, ".jsonl" if ending == ".json" else ending


def _paged(url: str, settings: HttpsSettings, until: float) -> Body:
    lines, place, etags = Spool(), shown(url), list[str]()
    following: str | None = url
    seen, records = set[str](), 0
    while following is not None:
        if len(seen) >= settings.most_pages:
            what = f"has more than {settings.most_pages} pages; say paging: {{most_pages: NUMBER}}"
            raise SourceError(what, place=place)
        if following in seen:
            raise SourceError("a page leads back to one that was read", place=place)
        seen.add(following)
        body = download(following, settings, LARGEST_PAGE_BYTES, until)
        found = _append(body, settings.records, lines, settings, place)
        records += found
        etags.append(body.etag)
        following = _following(url, body, found, records, settings, place)
    return Body(lines, url, "application/x-ndjson", "", "")


def _following(
    url: str, body: Body, found: int, records: int, settings: HttpsSettings, place: str
) -> str | None:
    """Return the next page's address, None after the last."""
    if settings.paging_by == "link":
        if (link := _NEXT.search(body.link)) is None:
            return None
        to = str(urljoin(body.url, link.group(1)))
        refuse_elsewhere(urlsplit(to), urlsplit(url), "a page's link")
        return to
    if settings.paging_by == "offset":
        return _with(url, settings.parameter or "offset", str(records)) if found else None
    cursor = value_at(_text(body, place), settings.cursor)
    if cursor is None or cursor == "":
        return None
    if not isinstance(cursor, str | int) or isinstance(cursor, bool):
        raise SourceError("a page's cursor is neither text nor a number", place=place)
    return _with(url, settings.parameter or "cursor", str(cursor))


def _append(body: Body, path: str, lines: Spool, settings: HttpsSettings, place: str) -> int:
    """Append a body's records to ``lines``; return their number."""
    count, text = 0, _text(body, place)
    try:
        for record in records_of(text, path):
            lines.append(record.encode() + b"\n")
            count += 1
            if lines.size_bytes > settings.most_bytes:
                what = f"is larger than {settings.most_bytes} bytes; say most_bytes: NUMBER"
                raise SourceError(what, place=place)
    except (ValueError, RecursionError):
        where = f" at '{path}'" if path else ""
        what = f"holds no list of records{where}, or is no JSON; say paging: {{records: NAME}}"
        raise SourceError(what, place=place) from None
    return count


def _text(body: Body, place: str) -> str:
    size = body.spool.size_bytes
    if size > LARGEST_PAGE_BYTES:
        what = f"is a JSON list of more than {LARGEST_PAGE_BYTES >> 20} MiB; ask for it in pages"
        raise SourceError(f"{what}, or as JSON Lines", place=place)
    try:
        return body.spool.read(0, size).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError("is no JSON: not UTF-8", place=place) from None


def _with(url: str, name: str, value: str) -> str:
    """Return an address with a parameter set."""
    parts = urlsplit(url)
    said = parse_qsl(parts.query, keep_blank_values=True)
    query = [pair for pair in said if pair[0] != name]
    return urlunsplit(parts._replace(query=urlencode([*query, (name, value)])))

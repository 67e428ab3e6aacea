"""Recall of the row's own identifiers in the sample tickets, and how many other words change.

python bench/row_values.py            # prints one line per way of looking, and what was missed with
--missed
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from anonymize.keys import PurposeKey, Secret
from anonymize.names import ColumnName, KeyId
from anonymize.transform import Fake, Row, RowValue
from anonymize.transform.free_text.same_row.hunt import hunt
from anonymize.transform.free_text.spans import Span

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
WORD = re.compile(r"\w+")


def texts_of(ticket: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield path, text and author of every text of a ticket."""
    yield "subject", ticket["subject"], ""
    for at, message in enumerate(ticket["messages"]):
        yield f"messages[{at}].body", message["body"], message["author"]


def load() -> tuple[
    list[tuple[int, str, str, str]],
    list[dict[str, Any]],
    dict[tuple[int, str], list[dict[str, Any]]],
]:
    """Return (row, path, text, author) of every text, the tickets, and the truth spans per text."""
    tickets = [
        json.loads(line) for line in (SAMPLES / "support_tickets.jsonl").open(encoding="utf-8")
    ]
    truth: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for line in (SAMPLES / "support_tickets.truth.jsonl").open(encoding="utf-8"):
        span = json.loads(line)
        truth.setdefault((span["row"], span["path"]), []).append(span)
    texts = [(row, *item) for row, ticket in enumerate(tickets) for item in texts_of(ticket)]
    return texts, tickets, truth


def covered(text: str, start: int, end: int, spans: Iterable[Span]) -> bool:
    """Return whether every letter and digit of a truth span lies in some span."""
    inside = {at for span in spans for at in range(span.start, span.end)}
    return all(at in inside for at in range(start, end) if text[at].isalnum())


def score(texts: Any, truth: Any, found: list[list[Span]], name: str, missed: bool = False) -> None:
    """Print recall of the row's own identifiers by kind, and the share of other words touched."""
    own: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    other_words = changed = 0
    for (row, path, text, _), spans in zip(texts, found, strict=True):
        known = truth.get((row, path), [])
        for span in known:
            if str(span.get("of", "")).startswith("customer."):
                own[span["kind"]] += 1
                if covered(text, span["start"], span["end"], spans):
                    hit[span["kind"]] += 1
                elif missed:
                    print(
                        "missed",
                        span["kind"],
                        row,
                        repr(text[span["start"] : span["end"]]),
                        "in",
                        repr(text[max(0, span["start"] - 20) : span["end"] + 20]),
                    )
        personal = {at for span in known for at in range(span["start"], span["end"])}
        for word in WORD.finditer(text):
            if word.start() not in personal:
                other_words += 1
                touched = [
                    span for span in spans if span.start < word.end() and span.end > word.start()
                ]
                changed += bool(touched)
                if touched and missed:
                    print(
                        "changed",
                        row,
                        repr(text[max(0, word.start() - 20) : word.end() + 20]),
                        repr(word.group()),
                    )
    recall = sum(hit.values()) / sum(own.values())
    kinds = "  ".join(f"{kind} {hit[kind] / own[kind]:.4f}" for kind in sorted(own))
    share = f"{changed}/{other_words} = {changed / other_words:.4%}"
    print(f"{name:22} recall {recall:.4f}  ({kinds})  other words changed {share}")


def hunted(texts: Any, tickets: Any) -> list[list[Span]]:
    """Return the hits of the row's own values."""
    key = PurposeKey(
        KeyId("pseudonym.1"), Secret(bytes(32)), domain="bench", entity="", action="fake"
    )
    rows = [tickets[row]["customer"] for row, *_ in texts]
    names = ("full_name", "email", "phone", "id")
    before = {
        ColumnName(f"customer.{name}"): pa.array([row[name] for row in rows], pa.string())
        for name in names
    }
    after = {
        ColumnName("customer.full_name"): Fake("name", "en_US", key)(
            before[ColumnName("customer.full_name")]
        ),
        ColumnName("customer.email"): Fake("email", "en_US", key)(
            before[ColumnName("customer.email")]
        ),
        ColumnName("customer.phone"): Fake("phone", "en_US", key)(
            before[ColumnName("customer.phone")]
        ),
    }
    wanted = [
        RowValue(ColumnName("customer.full_name"), "name", "PERSON"),
        RowValue(ColumnName("customer.email"), "email", "EMAIL_ADDRESS"),
        RowValue(ColumnName("customer.phone"), "phone", "PHONE_NUMBER"),
        RowValue(ColumnName("customer.id"), "id", "ID"),
    ]
    return list(hunt([text for _, _, text, _ in texts], Row(before, after), wanted))


def presidio(texts: Any) -> list[list[Span]]:
    """Return what Presidio's rules find, as detection is set up by default."""
    from anonymize.detect import make_scanner

    scanner = make_scanner(countries=("us", "uk", "ca", "de", "es", "in"))
    table = scanner.scan(pa.array([text for _, _, text, _ in texts]))
    found: list[list[Span]] = [[] for _ in texts]
    columns = (table[name].to_pylist() for name in ("row", "start", "end", "entity"))
    for row, start, end, entity in zip(*columns, strict=True):
        found[row].append(Span(start, end, entity))
    return found


def main() -> None:
    """Print the figures."""
    texts, tickets, truth = load()
    rules = presidio(texts)
    score(texts, truth, rules, "Presidio rules alone")
    started = time.perf_counter()
    found = hunted(texts, tickets)
    seconds = time.perf_counter() - started
    score(texts, truth, found, "same_row alone", "--missed" in sys.argv)
    score(texts, truth, [a + b for a, b in zip(found, rules, strict=True)], "same_row and rules")
    print(f"{len(texts)} texts in {seconds:.2f} s: {len(texts) / seconds:,.0f} texts/s")


if __name__ == "__main__":
    main()

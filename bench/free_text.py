"""What became of the sample tickets' personal data under `schemas/support_tickets.yaml`: recall and
precision.

Recall, per kind of truth span: the share whose text is not in the published cell any more.
Precision, per entity that a label names (the row's own values are replaced without one): of the
stretches of source words that the published cell no longer holds in their place, the share that
touches a truth span, and a truth span of that kind. Other words count as changed when they stand in
no truth span and were replaced. The truth is read here only, never by the code measured.

    python bench/free_text.py            # after `make run`
    python bench/free_text.py --table    # the tables of docs/measured.md
"""

from __future__ import annotations

import difflib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anonymize

ROOT = Path(__file__).resolve().parents[1]
TRUTH = ROOT / "data/samples/support_tickets.truth.jsonl"
SOURCE = ROOT / "data/samples/support_tickets.jsonl"
TOKEN = re.compile(r"<[A-Z][A-Z_]*[A-Z](?:_\w+)?>|\w+|[^\w\s]")
LABEL = re.compile(r"<([A-Z][A-Z_]*[A-Z])(?:_\w+)?>")
OWN = "the row's own"
FEW = 20
"""Entities replaced less often share one line of the table."""


@dataclass(frozen=True)
class Stretch:
    """Source words beside each other that were replaced."""

    entity: str
    words: tuple[tuple[int, int], ...]
    """Start and end of each."""


def text_at(row: Any, path: str) -> str:
    """Return the text that a path such as ``messages[2].body`` means."""
    for part in path.replace("[", ".").replace("]", "").split("."):
        row = row[int(part)] if part.isdigit() else row[part]
    return str(row)


def replaced(before: str, after: str) -> Iterator[Stretch]:
    """Yield what of ``before`` is not in its place in ``after`` any more, by the label that stands
    there instead.
    """
    was, now = list(TOKEN.finditer(before)), [match[0] for match in TOKEN.finditer(after)]
    matcher = difflib.SequenceMatcher(None, [match[0] for match in was], now, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        words = tuple(match.span() for match in was[start:end] if match[0][0].isalnum())
        if kind in ("replace", "delete") and words:
            labels = [found[1] for token in now[first:last] if (found := LABEL.fullmatch(token))]
            yield Stretch(labels[0] if labels else OWN, words)


def touches(stretch: Stretch, spans: list[dict[str, Any]]) -> bool:
    """Return whether any of the words lies in any of the spans."""
    return any(
        start < span["end"] and span["start"] < end
        for start, end in stretch.words
        for span in spans
    )


def cells_of(row: Any) -> Iterator[str]:
    """Yield the paths of a ticket's free text."""
    yield "subject"
    yield from (f"messages[{number}].body" for number in range(len(row["messages"])))


def main() -> None:
    """Print recall per kind, precision per entity, and the share of other words changed."""
    sources = [json.loads(line) for line in SOURCE.read_text().splitlines()]
    outputs = anonymize.read("out/support_tickets", columns=["subject", "messages"]).to_pylist()
    truth: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for span in map(json.loads, TRUTH.read_text().splitlines()):
        truth.setdefault((span["row"], span["path"]), []).append(span)
    found, seen = Counter[tuple[str, bool]](), Counter[tuple[str, bool]]()
    stretches, personal, of_kind = Counter[str](), Counter[str](), Counter[str]()
    others = changed = 0
    for row, source in enumerate(sources):
        for path in cells_of(source):
            before, after, spans = (
                text_at(source, path),
                text_at(outputs[row], path),
                truth.get((row, path), []),
            )
            for span in spans:
                key = span["kind"], bool(span.get("of"))
                seen[key] += 1
                found[key] += before[span["start"] : span["end"]] not in after
            away = list(replaced(before, after))
            for stretch in away:
                stretches[stretch.entity] += 1
                personal[stretch.entity] += touches(stretch, spans)
                of_kind[stretch.entity] += touches(
                    stretch, [s for s in spans if s["kind"] == stretch.entity]
                )
            gone = {word for stretch in away for word in stretch.words}
            free = [
                word
                for match in re.finditer(r"\w+", before)
                if not touches(Stretch("", ((word := match.span()),)), spans)
            ]
            others += len(free)
            changed += sum(word in gone for word in free)
    show_recall(found, seen)
    show_precision(stretches, personal, of_kind)
    print(f"\n{'other words changed':32} {changed / others:7.3%}  ({changed} of {others})")


def show_recall(found: Counter[tuple[str, bool]], seen: Counter[tuple[str, bool]]) -> None:
    """Print the share of truth spans that are gone, per kind, of the row's own people and of
    others.
    """
    if "--table" not in sys.argv:
        print("recall")
        for kind, own in sorted(seen):
            name, key = f"{kind} ({'of the row' if own else 'others'})", (kind, own)
            print(f"{name:32} {found[key] / seen[key]:7.3f}  ({found[key]} of {seen[key]})")
        return
    print("| kind | recall, of the row | recall, of others |\n|---|---|---|")
    for kind in sorted({kind for kind, _ in seen}):
        both = [
            (
                f"{found[kind, own] / seen[kind, own]:.3f} ({seen[kind, own]:,})"
                if seen[kind, own]
                else ""
            )
            for own in (True, False)
        ]
        print(f"| {kind} | {both[0]} | {both[1]} |")


def show_precision(stretches: Counter[str], personal: Counter[str], of_kind: Counter[str]) -> None:
    """Print the share of replaced stretches that are personal, per entity, and that are of the
    entity's kind.
    """
    as_table = "--table" in sys.argv
    if as_table and (rare := [entity for entity, count in stretches.items() if count < FEW]):
        name = "others: " + ", ".join(sorted(rare))
        for counts in (stretches, personal, of_kind):
            counts[name] = sum(counts.pop(entity, 0) for entity in rare)
    print(
        "\n| replaced as | personal | of that kind |\n|---|---|---|" if as_table else "\nprecision"
    )
    for entity in sorted(stretches, key=lambda entity: (entity == OWN, entity)):
        count = stretches[entity]
        right = "" if entity == OWN else f"{of_kind[entity] / count:.3f}"
        if as_table:
            print(f"| {entity} | {personal[entity] / count:.3f} ({count:,}) | {right} |")
        else:
            print(
                f"{entity:32} {personal[entity] / count:7.3f}  ({personal[entity]} of {count})  of"
                f" that kind {right}"
            )


if __name__ == "__main__":
    main()

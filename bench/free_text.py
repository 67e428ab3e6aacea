"""What is left of the sample tickets' personal data after `schemas/support_tickets.yaml`, per kind of truth span.

A span is found when its text is not in the published cell any more. Other words count as changed when
the published cell holds fewer of them. The truth spans are read here only, never by the code measured.

    python bench/free_text.py            # after `make run`
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import anonymize

ROOT = Path(__file__).resolve().parents[1]
TRUTH = ROOT / "data/samples/support_tickets.truth.jsonl"
WORD = re.compile(r"\w+")
SOURCE = ROOT / "data/samples/support_tickets.jsonl"


def text_at(row: Any, path: str) -> str:
    """Return the text that a path such as ``messages[2].body`` means."""
    for part in path.replace("[", ".").replace("]", "").split("."):
        row = row[int(part)] if part.isdigit() else row[part]
    return str(row)


def main() -> None:
    """Print recall per kind and the share of other words changed."""
    sources = [json.loads(line) for line in SOURCE.read_text().splitlines()]
    outputs = anonymize.read("out/support_tickets", columns=["subject", "messages"]).to_pylist()
    found, seen = Counter[str](), Counter[str]()
    cells: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for span in map(json.loads, TRUTH.read_text().splitlines()):
        kind = f"{span['kind']} (of the row)" if span.get("of") else f"{span['kind']} (others)"
        text = text_at(sources[span["row"]], span["path"])[span["start"] : span["end"]]
        seen[kind] += 1
        found[kind] += text not in text_at(outputs[span["row"]], span["path"])
        cells.setdefault((span["row"], span["path"]), []).append((span["start"], span["end"]))
    for kind in sorted(seen):
        print(f"{kind:32} {found[kind] / seen[kind]:7.3f}  ({found[kind]} of {seen[kind]})")
    other = changed = 0
    for (row, path), spans in cells.items():
        text = text_at(sources[row], path)
        rest = "".join(" " if any(a <= i < b for a, b in spans) else c for i, c in enumerate(text))
        before, after = Counter(WORD.findall(rest)), Counter(WORD.findall(text_at(outputs[row], path)))
        other += before.total()
        changed += (before - after).total()
    print(f"{'other words changed':32} {changed / other:7.3%}  ({changed} of {other})")


if __name__ == "__main__":
    main()

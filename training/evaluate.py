"""Measure a model file on what training never saw: ``python -m training.evaluate --data
../shared/ner``.

Prints strict span F1 per entity for held-out templates, WNUT dev and the held-out TAB documents,
TAB's recall by identifier type, PERSON recall by name origin and gender, recall per evasion trick,
and the reliability of the scores. ``--calibrate FILE`` writes the calibration that
``training.export --calibration`` takes, from a model that has none yet, and prints the reliability
that it gives.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from anonymize.detect.name_models import shipped as ner
from anonymize.names import EntityType
from training import fairness
from training.labels import ENTITIES
from training.prepare import held_out_document, read
from training.templates import load_templates, sentences, template_is_held_out

Span = tuple[int, int, str]
Curves = dict[str, list[list[float]]]
REPORTED = ("PERSON", "LOCATION", "ORGANIZATION", "NRP")


def found(texts: list[str], recall: float | None = None) -> list[list[tuple[int, int, str, float]]]:
    """Return the spans of every label in ``texts``."""
    recogniser = ner.NameRecogniser(recall, tuple(EntityType(entity) for entity in ENTITIES))
    result: list[list[tuple[int, int, str, float]]] = [[] for _ in texts]
    for span in recogniser.scan(pa.array(texts, pa.string())).to_pylist():
        result[span["row"]].append((span["start"], span["end"], span["entity"], span["score"]))
    return result


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds without blanks and marks at the ends, on which annotators differ."""
    while end > start and not text[end - 1].isalnum():
        end -= 1
    while start < end and not text[start].isalnum():
        start += 1
    return start, end


def strict(
    examples: list[dict[str, Any]],
    predictions: list[list[tuple[int, int, str, float]]],
    entities: Iterable[str],
) -> dict[str, str]:
    """Return precision, recall and F1 per entity.

    A span counts if both bounds and the entity agree, marks at the ends aside. A predicted span
    that touches a span left open (a handle, a code) is not counted.
    """
    lines = {}
    for entity in entities:
        right = wrong = missed = 0
        for example, spans in zip(examples, predictions, strict=True):
            text = example["text"]
            gold = {
                trimmed(text, start, end)
                for start, end, label in example["spans"]
                if label == entity
            }
            unsaid = [
                (start, end) for start, end, label in example["spans"] if label.startswith("?")
            ]
            mine = {trimmed(text, start, end) for start, end, label, _ in spans if label == entity}
            mine = {
                (s, e)
                for s, e in mine
                if (s, e) in gold or not any(s < b and a < e for a, b in unsaid)
            }
            right, wrong, missed = (
                right + len(mine & gold),
                wrong + len(mine - gold),
                missed + len(gold - mine),
            )
        precision, recall = right / max(right + wrong, 1), right / max(right + missed, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        lines[entity] = (
            f"precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f} ({right + missed} spans)"
        )
    return lines


def tab_masking(
    examples: list[dict[str, Any]], predictions: list[list[tuple[int, int, str, float]]]
) -> str:
    """Return TAB's recall of direct and quasi entities (every mention covered), and token
    precision.
    """
    covered: dict[str, list[bool]] = {"DIRECT": [], "QUASI": []}
    right = marked = 0
    for example, spans in zip(examples, predictions, strict=True):
        text = example["text"]
        mask, gold = np.zeros(len(text), bool), np.zeros(len(text), bool)
        for start, end, _, _ in spans:
            mask[start:end] = True
        mentions: dict[tuple[str, str], list[bool]] = defaultdict(list)
        for start, end, _, kind, entity in example["gold"]:
            gold[start:end] = True
            letters = np.array([c.isalnum() for c in text[start:end]])
            mentions[kind, entity].append(bool(mask[start:end][letters].all()))
        for (kind, _), all_covered in mentions.items():
            if kind in covered:
                covered[kind].append(all(all_covered))
        at = 0
        for word in text.split():
            at = text.index(word, at)
            if mask[at : at + len(word)].any():
                marked, right = marked + 1, right + bool(gold[at : at + len(word)].any())
            at += len(word)
    shares = ", ".join(
        f"{kind.lower()} entity recall {np.mean(values):.3f} of {len(values)}"
        for kind, values in covered.items()
    )
    return f"{shares}, token precision {right / max(marked, 1):.3f} of {marked} words"


def held_out_templates(seed: int = 11, per_template: int = 60) -> list[dict[str, Any]]:
    """Return filled held-out templates, noise as in training; in half of them names that training
    never saw.
    """
    templates = [template for template in load_templates() if template_is_held_out(template)]
    count = per_template * len(templates) // 2
    examples = []
    for names in (False, True):
        for sentence in sentences(count, seed + names, templates, held_out_names=names):
            examples.append({"text": sentence.text, "spans": sentence.spans, "src": "own"})
    return examples


def tab_documents(data: Path) -> list[dict[str, Any]]:
    """Return the TAB documents that training left out, with their identifier types."""
    cleaned = [
        example for example in read(data / "tab_train.jsonl") if held_out_document(example["id"])
    ]
    with (data / "tab_train.jsonl").open(encoding="utf-8") as lines:
        gold = {example["id"]: example["spans"] for example in map(json.loads, lines)}
    return [{**example, "gold": gold[example["id"]]} for example in cleaned]


def reliability(
    examples: list[dict[str, Any]],
    predictions: list[list[tuple[int, int, str, float]]],
    entity: str,
) -> tuple[list[float], list[float]]:
    """Return scores of predicted spans of ``entity`` and whether each is right (overlaps a gold
    span of the entity).
    """
    scores, right = [], []
    for example, spans in zip(examples, predictions, strict=True):
        gold = [
            (start, end) for start, end, label in example["spans"] if label.lstrip("?") == entity
        ]
        for start, end, label, score in spans:
            if label == entity:
                scores.append(score)
                right.append(float(any(a < end and start < b for a, b in gold)))
    return scores, right


def isotonic(scores: list[float], right: list[float], bins: int = 20) -> list[list[float]]:
    """Return a non-decreasing curve from score to share right: equal-count bins, neighbours pooled
    until none falls.
    """
    order = np.argsort(scores, kind="stable")
    groups = [
        group for group in np.array_split(order, min(bins, max(len(order) // 30, 1))) if len(group)
    ]
    pooled: list[tuple[float, float, int]] = []
    for group in groups:
        pooled.append(
            (
                float(np.mean(np.array(scores)[group])),
                (float(np.sum(np.array(right)[group])) + 1) / (len(group) + 2),
                len(group),
            )
        )
        while len(pooled) > 1 and pooled[-2][1] > pooled[-1][1]:
            (s1, r1, n1), (s2, r2, n2) = pooled[-2:]
            pooled[-2:] = [
                ((s1 * n1 + s2 * n2) / (n1 + n2), (r1 * n1 + r2 * n2) / (n1 + n2), n1 + n2)
            ]
    return [[round(p[0], 4) for p in pooled], [round(p[1], 4) for p in pooled]]


def calibrate(
    sets: dict[str, list[dict[str, Any]]], predicted: dict[str, Any], path: Path
) -> Curves:
    """Write each entity's curve, from the even examples of all sets; the odd ones are left to print
    reliability on.
    """
    curves = {}
    for entity in REPORTED:
        scores: list[float] = []
        right: list[float] = []
        for name, examples in sets.items():
            more = reliability(examples[::2], predicted[name][::2], entity)
            scores, right = scores + more[0], right + more[1]
        curves[entity] = isotonic(scores, right)
    path.write_text(json.dumps(curves), encoding="utf-8")
    return curves


def calibrated(curves: Curves, predicted: dict[str, Any]) -> dict[str, Any]:
    """Return ``predicted`` with its raw scores put through ``curves``."""

    def put(span: tuple[int, int, str, float]) -> tuple[int, int, str, float]:
        low, right = curves.get(span[2], [[0.0, 1.0], [0.0, 1.0]])
        return (*span[:3], float(np.interp(span[3], low, right)))

    return {
        name: [[put(span) for span in spans] for spans in texts]
        for name, texts in predicted.items()
    }


def print_reliability(sets: dict[str, list[dict[str, Any]]], predicted: dict[str, Any]) -> None:
    """Print, per band of scores, the share of spans that are right, on the odd examples."""
    scores, right = [], []
    for entity in REPORTED:
        for name, examples in sets.items():
            more = reliability(examples[1::2], predicted[name][1::2], entity)
            scores, right = scores + more[0], right + more[1]
    bands = np.clip((np.array(scores) * 10).astype(int), 0, 9)
    shares = np.array(right)
    off = 0.0
    for band in range(10):
        here = bands == band
        if here.any():
            off += here.mean() * abs(np.array(scores)[here].mean() - shares[here].mean())
            mean = np.array(scores)[here].mean()
            print(
                f"  {band / 10:.1f} up: {here.sum():5d} spans, mean {mean:.2f}, right"
                f" {shares[here].mean():.2f}"
            )
    print(f"  expected calibration error {off:.3f}")


def main() -> None:
    """Print every measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, help="a model file other than the package's own")
    parser.add_argument("--recall", type=float)
    parser.add_argument("--calibrate", type=Path)
    options = parser.parse_args()
    if options.model:
        use(options.model)
    sets = {
        "held-out templates": held_out_templates(),
        "WNUT dev": list(read(options.data / "wnut_dev.jsonl")),
        "TAB held-out documents": tab_documents(options.data),
    }
    predicted = {
        name: found([example["text"] for example in examples], options.recall)
        for name, examples in sets.items()
    }
    if options.calibrate:
        predicted = calibrated(calibrate(sets, predicted, options.calibrate), predicted)
    for name, examples in sets.items():
        print(f"{name}: {len(examples)} texts")
        entities = REPORTED if name != "WNUT dev" else REPORTED[:3]
        for entity, line in strict(examples, predicted[name], entities).items():
            print(f"  {entity}: {line}")
    print(
        "TAB masking, all labels:",
        tab_masking(sets["TAB held-out documents"], predicted["TAB held-out documents"]),
    )
    print("reliability on the odd examples:")
    print_reliability(sets, predicted)
    fairness.report(ner.NameRecogniser(options.recall))


def use(path: Path) -> None:
    """Make the recogniser read ``path`` in this process."""
    import hashlib

    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    model = ner.load_model(path, digest)
    ner.load_model = lambda *_: model  # type: ignore[assignment]


if __name__ == "__main__":
    main()

"""Export the trained recogniser: ``python -m training.export --data build/ner --out names.onnx``.

Fixes the activations' ranges on training windows, writes one ONNX file that also carries tokenizer,
labels and calibration, and writes its SHA-256 beside it into ``__init__.py`` where that is the
package's own folder.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch

from training import graph
from training.labels import LABELS
from training.model import SMALL, Tagger
from training.train import Windows

Ranges = dict[str, tuple[float, float]]


def measured_ranges(model: Tagger, windows: Windows, batches: int) -> Ranges:
    """Return the bounds of what enters each dense layer over some training batches."""
    ranges: Ranges = {}

    def watch(name: str) -> Any:
        def note(_: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            low, high = ranges.get(name, (0.0, 0.0))
            ranges[name] = (min(low, float(inputs[0].min())), max(high, float(inputs[0].max())))

        return note

    hooks = []
    for number, block in enumerate(model.blocks):
        for part in ("qkv", "out", "up", "down"):
            hooks.append(
                getattr(block, part).register_forward_pre_hook(watch(f"blocks.{number}.{part}"))
            )
    hooks.append(model.head.register_forward_pre_hook(watch("head")))
    model.eval()
    with torch.no_grad():
        for batch in windows.epoch()[:batches]:
            model(*windows.tensors(batch)[:2])
    for hook in hooks:
        hook.remove()
    return ranges


def exported(model: Tagger, ranges: Ranges, tokenizer: str, calibration: dict[str, Any]) -> bytes:
    """Return the ONNX file's content."""
    state = {name: value.numpy() for name, value in model.state_dict().items()}
    built = onnx.load_from_string(graph.build(state, ranges, SMALL.layers))
    for key, value in (
        ("tokenizer", tokenizer),
        ("labels", json.dumps(LABELS)),
        ("calibration", json.dumps(calibration)),
    ):
        entry = built.metadata_props.add()
        entry.key, entry.value = key, value
    content: bytes = built.SerializeToString()
    return content


def main() -> None:
    """Write the model file and pin its digest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="model.pt of the data folder unless given")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--calibration", type=Path, help="written by training.evaluate --calibrate")
    parser.add_argument("--batches", type=int, default=150)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = Tagger(len(np.load(options.data / "kept.npy")))
    model.load_state_dict(torch.load(options.weights or options.data / "model.pt"))
    calibration = json.loads(options.calibration.read_text()) if options.calibration else {}
    ranges = measured_ranges(
        model, Windows(options.data / "windows.npz", seed=3, batch_pieces=768), options.batches
    )
    content = exported(
        model, ranges, (options.data / "tokenizer.json").read_text(encoding="utf-8"), calibration
    )
    graph.check(content)
    options.out.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    pinned = options.out.parent / "__init__.py"
    if pinned.exists():
        pinned.write_text(
            re.sub(
                r'SHA256 = "[0-9a-f]*"', f'SHA256 = "{digest}"', pinned.read_text(encoding="utf-8")
            ),
            encoding="utf-8",
        )
    print(f"{options.out.name}: {len(content):,} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()

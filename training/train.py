"""Train the recogniser: ``python -m training.train --data build/ner --out build/ner/model.pt --minutes 65``.

One thread, bf16 where the processor has it. The schedule follows the share of the time (or pieces) spent, so
that a run cut short by ``--minutes`` still ends with a decayed rate; ``--pieces`` instead makes the run
independent of the machine's speed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.model import Tagger, from_base, narrow, partial_loss

BATCH_PIECES = 768
BODY, HEAD = 7e-5, 1e-3
"""Peak learning rates."""
AGAIN = 0.25
"""Share of the peak rates for weights that were trained before."""
CLS, SEP = 2, 3
SHARE = {"tab": 4.0, "wnut": 3.0, "btc": 1.0, "wikigold": 2.0, "own": 1.0}
"""How often a source's windows are drawn, relative to their number."""


class Windows:
    """The encoded windows, drawn in batches of like length."""

    def __init__(self, path: Path, seed: int) -> None:
        """Open ``windows.npz``."""
        data = np.load(path)
        self.ids, self.shapes, self.masks = (data[name].astype(np.int64) for name in ("ids", "shapes", "masks"))
        self.lengths, self.sources = data["lengths"], data["sources"]
        self.starts = np.concatenate(([0], np.cumsum(self.lengths)))
        self.random = np.random.default_rng(seed)

    def epoch(self) -> list[np.ndarray[Any, Any]]:
        """Return one pass over the windows as shuffled batches of indices."""
        share = np.array([SHARE[str(source)] for source in self.sources])
        times = np.floor(share + self.random.random(len(share))).astype(int)
        chosen = np.repeat(np.arange(len(times)), times)
        self.random.shuffle(chosen)
        batches: list[np.ndarray[Any, Any]] = []
        for begin in range(0, len(chosen), 2000):
            block = chosen[begin : begin + 2000]
            block = block[np.argsort(self.lengths[block], kind="stable")]
            batch: list[int] = []
            for window in block:
                if batch and (self.lengths[window] + 2) * (len(batch) + 1) > BATCH_PIECES:
                    batches.append(np.array(batch))
                    batch = []
                batch.append(int(window))
            batches.append(np.array(batch))
        order = self.random.permutation(len(batches))
        return [batches[at] for at in order]

    def tensors(self, batch: np.ndarray[Any, Any]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return padded ids, shapes and label masks."""
        width = -(-(int(self.lengths[batch].max()) + 2) // 8) * 8
        ids, shapes, masks = (np.zeros((len(batch), width), np.int64) for _ in range(3))
        for row, window in enumerate(batch):
            begin, length = self.starts[window], self.lengths[window]
            ids[row, 0], ids[row, length + 1] = CLS, SEP
            for target, source in ((ids, self.ids), (shapes, self.shapes), (masks, self.masks)):
                target[row, 1 : length + 1] = source[begin : begin + length]
        return torch.from_numpy(ids), torch.from_numpy(shapes), torch.from_numpy(masks)

    def forever(self) -> Iterator[np.ndarray[Any, Any]]:
        """Yield batches, pass after pass."""
        while True:
            yield from self.epoch()


def optimizers_of(model: Tagger) -> list[torch.optim.Optimizer]:
    """Return AdamW, head and shape rows learning faster, and its sparse kin for the pieces: a batch touches few."""
    fast = [*model.head.parameters(), *model.shape.parameters()]
    known = {id(parameter) for parameter in [*fast, model.piece.weight]}
    body = [parameter for parameter in model.parameters() if id(parameter) not in known]
    dense = torch.optim.AdamW(
        [{"params": body, "lr": BODY}, {"params": fast, "lr": HEAD}], weight_decay=0.01, fused=True
    )
    return [dense, torch.optim.SparseAdam([model.piece.weight], lr=BODY)]


def main() -> None:
    """Train and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=65)
    parser.add_argument("--pieces", type=int, default=0, help="stop after this many word pieces instead")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="weights to go on from, at a quarter of the peak rates")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    windows = Windows(options.data / "windows.npz", options.seed)
    kept = torch.from_numpy(np.load(options.data / "kept.npy"))
    if options.start:
        model = Tagger(len(kept))
        model.load_state_dict(torch.load(options.start))
    else:
        model = narrow(from_base(kept), [windows.tensors(batch)[:2] for batch in windows.epoch()[:40]])
    optimizers = optimizers_of(model)
    groups = [
        (group, group["lr"] * (AGAIN if options.start else 1))
        for optimizer in optimizers
        for group in optimizer.param_groups
    ]
    dense = [parameter for parameter in model.parameters() if parameter is not model.piece.weight]
    began, pieces, step, recent = time.monotonic(), 0, 0, 0.0
    saved = began
    model.train()
    for batch in windows.forever():
        spent = pieces / options.pieces if options.pieces else (time.monotonic() - began) / (60 * options.minutes)
        if spent >= 1:
            break
        rate = min(spent / 0.05, (1 - spent) / 0.95)
        for group, peak in groups:
            group["lr"] = peak * max(rate, 1e-3)
        ids, shapes, masks = windows.tensors(batch)
        with torch.autocast("cpu", torch.bfloat16):
            scores = model(ids, shapes)
        loss = partial_loss(scores.float(), masks)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(dense, 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
        step, pieces, recent = step + 1, pieces + int((ids > 0).sum()), 0.99 * recent + 0.01 * float(loss.detach())
        if step % 100 == 0:
            minutes = (time.monotonic() - began) / 60
            print(
                f"step {step} pieces {pieces:,} minutes {minutes:.1f} loss {recent / (1 - 0.99**step):.4f}", flush=True
            )
        if time.monotonic() - saved > 300:
            saved = time.monotonic()
            torch.save(model.state_dict(), options.out)
    torch.save(model.state_dict(), options.out)
    print(f"done: {step} steps, {pieces:,} word pieces, {(time.monotonic() - began) / 60:.1f} minutes")


if __name__ == "__main__":
    main()

"""Train a network: ``python -m training.train --data build/ner --out build/ner/model.pt``.

``--large FOLDER`` trains the teacher from all-mpnet-base-v2 in FOLDER; ``--teacher WEIGHTS`` lets
one teach the small network, which ships. The schedule follows the share of ``--pieces`` spent. bf16
throughout; ``--device cuda`` where there is a GPU.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from training.labels import LABELS
from training.model import LARGE, Tagger, from_base, from_large_base, likeness, narrow, partial_loss

CLS, SEP = 2, 3
BLOCK = 20_000
"""Windows sorted by length together: batches of like length, drawn from all over."""
SHARE = {"tab": 4.0, "wnut": 3.0, "btc": 1.0, "wikigold": 2.0, "swapped": 1.0, "own": 0.6}
"""How often a source's windows are drawn, relative to their number."""
Batch = tuple[Tensor, Tensor, Tensor]
"""Ids, shapes and label masks, each (windows, pieces)."""


class Windows:
    """The encoded windows, drawn in batches of like length."""

    def __init__(
        self,
        path: Path,
        seed: int,
        batch_pieces: int,
        device: str = "cpu",
        share: dict[str, float] | None = None,
    ) -> None:
        """Open ``windows.npz``; its arrays are kept on ``device``; ``share`` changes ``SHARE``."""
        data = np.load(path)
        self.flat = [
            torch.from_numpy(data[name].astype(np.int32)).to(device)
            for name in ("ids", "shapes", "masks")
        ]
        self.lengths, self.sources = data["lengths"], data["sources"]
        self.starts = np.concatenate(([0], np.cumsum(self.lengths)))
        self.random = np.random.default_rng(seed)
        self.batch_pieces, self.device, self.share = batch_pieces, device, SHARE | (share or {})

    def epoch(self) -> list[np.ndarray[Any, Any]]:
        """Return one pass over the windows as shuffled batches of indices."""
        names, which = np.unique(self.sources, return_inverse=True)
        share = np.array([self.share[str(name)] for name in names])[which]
        times = np.floor(share + self.random.random(len(share))).astype(int)
        chosen = np.repeat(np.arange(len(times)), times)
        self.random.shuffle(chosen)
        batches: list[np.ndarray[Any, Any]] = []
        for begin in range(0, len(chosen), BLOCK):
            block = chosen[begin : begin + BLOCK]
            block = block[np.argsort(self.lengths[block], kind="stable")]
            widths, at = self.lengths[block] + 2, 0
            while at < len(block):
                count = max(self.batch_pieces // int(widths[at]), 1)
                while (
                    count > 1
                    and int(widths[min(at + count, len(block)) - 1]) * count > self.batch_pieces
                ):
                    count = max(
                        self.batch_pieces // int(widths[min(at + count, len(block)) - 1]),
                        count - 8,
                        1,
                    )
                batches.append(block[at : at + count])
                at += count
        order = self.random.permutation(len(batches))
        return [batches[at] for at in order]

    def places(self, batch: np.ndarray[Any, Any]) -> tuple[Tensor, Tensor, Tensor]:
        """Return where the padded windows' pieces stand in the flat arrays, which are pieces, and
        which close one.
        """
        width = -(-(int(self.lengths[batch].max()) + 2) // 8) * 8
        lengths = torch.from_numpy(self.lengths[batch].astype(np.int64)).to(self.device)[:, None]
        starts = torch.from_numpy(self.starts[batch]).to(self.device)[:, None]
        place = torch.arange(width, device=self.device)[None, :] - 1
        inside = (place >= 0) & (place < lengths)
        return torch.where(inside, starts + place, 0), inside, place == lengths

    def tensors(self, batch: np.ndarray[Any, Any]) -> Batch:
        """Return padded ids, shapes and label masks."""
        at, inside, closes = self.places(batch)
        ids, shapes, masks = (torch.where(inside, flat[at].long(), 0) for flat in self.flat)
        ids = torch.where(closes, SEP, ids)
        ids[:, 0] = CLS
        return ids, shapes, masks

    def teach(self, teacher: Tagger) -> None:
        """Keep what ``teacher`` says of every piece, once for all passes."""
        order = np.argsort(self.lengths, kind="stable")
        self.taught = torch.zeros(
            (int(self.starts[-1]), len(LABELS)), dtype=torch.float16, device=self.device
        )
        for batch in np.array_split(order, max(int(self.starts[-1]) // self.batch_pieces, 1)):
            ids, shapes, _ = self.tensors(batch)
            with torch.no_grad(), torch.autocast(self.device, torch.bfloat16):
                scores = torch.log_softmax(teacher(ids, shapes).float(), -1)
            at, inside, _ = self.places(batch)
            self.taught[at[inside]] = scores[inside].half()

    def forever(self) -> Iterator[np.ndarray[Any, Any]]:
        """Yield batches, pass after pass."""
        while True:
            yield from self.epoch()


def optimizer_of(model: Tagger, rate: float) -> torch.optim.Optimizer:
    """Return AdamW; the head and the shapes, which start from nothing, learn faster."""
    fast = [*model.head.parameters(), *model.shape.parameters()]
    known = {id(parameter) for parameter in fast}
    body = [
        parameter
        for parameter in model.parameters()
        if parameter.requires_grad and id(parameter) not in known
    ]
    return torch.optim.AdamW(
        [
            {"params": body, "lr": rate, "peak": rate},
            {"params": fast, "lr": 6 * rate, "peak": 6 * rate},
        ],
        weight_decay=0.01,
        fused=True,
    )


def started(options: argparse.Namespace, windows: Windows, kept: Tensor) -> Tagger:
    """Return the network to train: the teacher, or the small one with its least active inner units
    gone.
    """
    if options.large:
        return from_large_base(options.large, kept).to(options.device)
    if options.start:
        model = Tagger(len(kept))
        model.load_state_dict(torch.load(options.start, map_location="cpu"))
        model.piece.requires_grad_(
            False
        )  # what the word pieces mean is settled, and most of a small step's work
        return model.to(options.device)
    model = from_base(kept).to(options.device)
    return narrow(model, [windows.tensors(batch)[:2] for batch in windows.epoch()[:40]])


def learn(model: Tagger, windows: Windows, options: argparse.Namespace) -> None:
    """Train ``model`` for ``options.pieces`` word pieces."""
    optimizer = optimizer_of(model, options.rate)
    began, pieces, step, recent = time.monotonic(), 0, 0, torch.zeros((), device=options.device)
    model.train()
    for batch in windows.forever():
        spent = pieces / options.pieces
        if spent >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * max(min(spent / 0.05, (1 - spent) / 0.95), 1e-3)
        ids, shapes, masks = windows.tensors(batch)
        with torch.autocast(options.device, torch.bfloat16):
            scores = model(ids, shapes).float()
        loss = partial_loss(scores, masks)
        if options.teacher:
            loss = 0.5 * loss + likeness(
                scores, windows.taught[windows.places(batch)[0]].float(), masks
            )
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step, pieces = step + 1, pieces + int(windows.lengths[batch].sum())
        recent = 0.99 * recent + 0.01 * loss.detach()
        if step % 200 == 0:
            minutes = (time.monotonic() - began) / 60
            print(
                f"step {step} pieces {pieces:,} minutes {minutes:.1f} loss {float(recent):.4f}",
                flush=True,
            )
    print(
        f"done: {step} steps, {pieces:,} word pieces, {(time.monotonic() - began) / 60:.1f}"
        " minutes",
        flush=True,
    )


def main() -> None:
    """Train and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pieces", type=int, default=20_000_000, help="word pieces to train on")
    parser.add_argument("--batch", type=int, default=768, help="word pieces a step")
    parser.add_argument("--rate", type=float, default=7e-5, help="peak learning rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument(
        "--large", type=Path, help="train the teacher, from all-mpnet-base-v2 in this folder"
    )
    parser.add_argument("--teacher", type=Path, help="weights of a trained teacher")
    parser.add_argument("--start", type=Path, help="weights of the small network to go on from")
    parser.add_argument(
        "--share", nargs="*", default=[], metavar="SOURCE=TIMES", help="how often a source is drawn"
    )
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    torch.backends.cuda.matmul.allow_tf32 = True
    share = {
        name: float(times) for name, _, times in (given.partition("=") for given in options.share)
    }
    windows = Windows(
        options.data / "windows.npz", options.seed, options.batch, options.device, share
    )
    kept = torch.from_numpy(np.load(options.data / "kept.npy"))
    if options.teacher:
        teacher = Tagger(len(kept), LARGE)
        teacher.load_state_dict(torch.load(options.teacher, map_location="cpu"))
        windows.teach(teacher.to(options.device).eval())
    model = started(options, windows, kept)
    learn(model, windows, options)
    torch.save(model.state_dict(), options.out)


if __name__ == "__main__":
    main()

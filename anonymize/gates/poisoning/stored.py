"""An input profile as bytes and back."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from anonymize.gates.poisoning.inputs import InputProfile
from anonymize.gates.poisoning.profile import ColumnProfile

FORMAT = 1


def profile_bytes(profile: InputProfile) -> bytes:
    """Return a profile as a NumPy archive, without pickles."""
    arrays: dict[str, Any] = {"prior": profile.prior}
    for at, column in enumerate(profile.columns):
        arrays[f"shares {at}"] = column.shares
        if column.edges is not None:
            arrays[f"edges {at}"] = column.edges
    arrays |= {f"counts {key}": one for key, one in profile.counts.items()}
    arrays |= {f"ratios {at}": one for at, one in enumerate(profile.ratios)}
    about = {
        "format": FORMAT,
        "rows": profile.rows,
        "columns": [
            {"name": c.name, "values": c.values, "limits": c.limits, "ordered": c.edges is not None}
            for c in profile.columns
        ],
        "texts": profile.texts,
        "label": profile.label,
        "limits": [profile.unusual_from, profile.near_to],
        "made_from": profile.made_from,
        "unread": profile.unread,
    }
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    held = io.BytesIO()
    np.savez_compressed(held, **arrays)
    return held.getvalue()


def profile_of(data: bytes) -> InputProfile:
    """Return the profile that `profile_bytes` wrote. From authenticated storage alone.

    Raises:
        ValueError: it is of another format.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as held:
        about = json.loads(held["about"].tobytes())
        if about["format"] != FORMAT:
            raise ValueError("another format")
        columns = tuple(
            ColumnProfile(
                one["name"],
                held[f"edges {at}"] if one["ordered"] else None,
                tuple(one["values"]),
                held[f"shares {at}"],
                (one["limits"][0], one["limits"][1]),
            )
            for at, one in enumerate(about["columns"])
        )
        counts = {
            name.removeprefix("counts "): held[name]
            for name in held.files
            if name.startswith("counts ")
        }
        ratios = sum(name.startswith("ratios ") for name in held.files)
        return InputProfile(
            about["rows"],
            columns,
            tuple(about["texts"]),
            counts,
            about["label"],
            tuple(held[f"ratios {at}"] for at in range(ratios)),
            held["prior"],
            about["limits"][0],
            about["limits"][1],
            about["made_from"],
            tuple(about["unread"]),
        )

"""Coatcheck's library: raw datasets in, datasets a team may train on out.

``load_policy``, ``compile_plan``, ``run``, ``anonymize_frame`` and ``read`` are all a pipeline
needs; each is imported when first used, so that ``import anonymize`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anonymize.dataset import read
    from anonymize.pipeline.run import anonymize_frame, run
    from anonymize.plan import compile_plan
    from anonymize.policy import load_policy

__all__ = ["anonymize_frame", "compile_plan", "load_policy", "read", "run"]

_HOMES = {
    "anonymize_frame": "anonymize.pipeline.run",
    "compile_plan": "anonymize.plan",
    "load_policy": "anonymize.policy",
    "read": "anonymize.dataset",
    "run": "anonymize.pipeline.run",
}


def __getattr__(name: str) -> Any:
    """Return a public function, importing its room on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'anonymize' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)

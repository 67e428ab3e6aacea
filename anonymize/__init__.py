"""Coatcheck's library: turns raw datasets into datasets that a team may train on.

Each public name is imported when it is first used, so that ``import anonymize`` is fast.

To add a public name: list it in ``__all__`` and, with its module, in ``_HOMES``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anonymize.custody.forget import forget
    from anonymize.custody.reveal import reveal
    from anonymize.dataset import Dataset, read
    from anonymize.errors import AnonymizeError
    from anonymize.keys import init_keyring
    from anonymize.pipeline.prepare import inspect_source as inspect
    from anonymize.pipeline.run import anonymize_frame, run
    from anonymize.pipeline.screen_inputs import safe_profile
    from anonymize.pipeline.screen_source import screen_source as screen
    from anonymize.plan import CompiledPlan as Plan
    from anonymize.plan import compile_plan
    from anonymize.policy import Policy, load_policy

__all__ = [
    "AnonymizeError",
    "Dataset",
    "Plan",
    "Policy",
    "anonymize_frame",
    "compile_plan",
    "forget",
    "init_keyring",
    "inspect",
    "load_policy",
    "read",
    "reveal",
    "run",
    "safe_profile",
    "screen",
]

_HOMES = {
    "AnonymizeError": ("anonymize.errors", "AnonymizeError"),
    "Dataset": ("anonymize.dataset", "Dataset"),
    "Plan": ("anonymize.plan", "CompiledPlan"),
    "Policy": ("anonymize.policy", "Policy"),
    "anonymize_frame": ("anonymize.pipeline.run", "anonymize_frame"),
    "compile_plan": ("anonymize.plan", "compile_plan"),
    "forget": ("anonymize.custody.forget", "forget"),
    "init_keyring": ("anonymize.keys", "init_keyring"),
    "inspect": ("anonymize.pipeline.prepare", "inspect_source"),
    "load_policy": ("anonymize.policy", "load_policy"),
    "read": ("anonymize.dataset", "read"),
    "reveal": ("anonymize.custody.reveal", "reveal"),
    "run": ("anonymize.pipeline.run", "run"),
    "safe_profile": ("anonymize.pipeline.screen_inputs", "safe_profile"),
    "screen": ("anonymize.pipeline.screen_source", "screen_source"),
}
"""Public name → the module that holds it, and its name there."""


def __getattr__(name: str) -> Any:
    """Return a public function or class, importing its room on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'anonymize' has no attribute '{name}'")
    module, own_name = _HOMES[name]
    found = globals()[name] = getattr(import_module(module), own_name)
    return found


def __dir__() -> list[str]:
    """Return the public names, imported yet or not."""
    return sorted({*globals(), *__all__})

"""Describes the preset that a plan keeps."""

from __future__ import annotations

from anonymize.plan.model import Plan
from anonymize.privacy.presets import explained


def preset_sentences(plan: Plan) -> tuple[str, ...]:
    """Return what the policy's preset asks for, by which law, what must be confirmed, what it does
    not achieve; nothing without a preset.
    """
    preset = plan.policy.preset
    return () if preset is None else tuple(explained(preset.name, preset.accept))

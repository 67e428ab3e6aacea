"""How much a word in a column's name weighs."""

from __future__ import annotations

STRONG, LIKELY, HINT = 0.9, 0.7, 0.4
"""Settles the matter when the values fit; needs values that fit well; only leans."""

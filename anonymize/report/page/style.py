"""The page's only style sheet, ``style.css``, with its colours: light and dark by the reader's
system, on paper, at any width.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

LIGHT: Mapping[str, str] = {
    "paper": "#ffffff",
    "raised": "#f3f5f7",
    "ink": "#1b1f24",
    "quiet": "#4a5360",
    "line": "#7b8591",
    "link": "#0b4fa3",
    "bar": "#2f6db5",
}
"""Colours on a light screen and on paper, by what they are for."""
DARK: Mapping[str, str] = {
    "paper": "#14181d",
    "raised": "#1f252c",
    "ink": "#e8ebef",
    "quiet": "#b3bcc7",
    "line": "#7f8a97",
    "link": "#8cbcff",
    "bar": "#6ea8f0",
}
"""The same on a dark screen."""
TEXT_ON = {
    "paper": ("ink", "quiet", "link"),
    "raised": ("ink", "quiet", "link"),
}
"""Ground → colours of text on it: 4.5:1 or more (WCAG 2.2, 1.4.3)."""
MARKS_ON = {"paper": ("bar", "line"), "raised": ("bar", "line")}
"""Ground → colours of bars and lines on it: 3:1 or more (WCAG 2.2, 1.4.11)."""

_RULES = Path(__file__).with_name("style.css")


@cache
def style_sheet() -> str:
    """Return the rules. They name no address, so a browser asks nobody for anything."""
    rules = _RULES.read_text(encoding="utf-8")
    light, dark = _variables(LIGHT), _variables(DARK)
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{rules}"
    )


def _variables(colours: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in colours.items())

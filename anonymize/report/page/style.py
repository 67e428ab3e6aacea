"""The page's only style sheet: light and dark by the reader's system, on paper, at any width."""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "paper": "#ffffff",
    "raised": "#f3f5f7",
    "ink": "#1b1f24",
    "quiet": "#4a5360",
    "line": "#7b8591",
    "link": "#0b4fa3",
    "bar": "#2f6db5",
    "warn": "#8a3b00",
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
    "warn": "#ffb27a",
}
"""The same on a dark screen."""
TEXT_ON = {
    "paper": ("ink", "quiet", "link", "warn"),
    "raised": ("ink", "quiet", "link", "warn"),
}
"""Ground → colours of text on it: 4.5:1 or more (WCAG 2.2, 1.4.3)."""
MARKS_ON = {"paper": ("bar", "line"), "raised": ("bar", "line")}
"""Ground → colours of bars and lines on it: 3:1 or more (WCAG 2.2, 1.4.11)."""

_RULES = """
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:100%/1.55 system-ui,sans-serif}
body{margin:0 auto;max-width:64rem;padding:1rem}
h1{font-size:1.75rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.35rem;margin:2.25rem 0 .5rem;border-bottom:2px solid var(--line)}
h3{font-size:1.1rem;margin:1.5rem 0 .25rem}
h1,h2,h3,p,li,dd,td,th,caption,figcaption{overflow-wrap:anywhere}
p,ul,dl{margin:.5rem 0;max-width:46rem}
a{color:var(--link)}
a:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
code{font-family:ui-monospace,monospace;font-size:.92em}
.skip{position:absolute;left:-99rem}
.skip:focus{position:static}
.quiet,caption,figcaption{color:var(--quiet)}
.warn{color:var(--warn);font-weight:600}
nav ul{columns:2 16rem;padding-left:1.25rem;max-width:none}
.scroll{overflow-x:auto;margin:.75rem 0}
table{border-collapse:collapse;min-width:100%}
caption{text-align:left;padding:.25rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border:1px solid var(--line)}
th,td{min-width:6rem}
thead th{background:var(--raised)}
tbody th{font-weight:600}
dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.25rem 1rem;max-width:none}
dt{font-weight:600}
dd{margin:0}
figure{margin:1rem 0;padding:.75rem;background:var(--raised)}
figure table{min-width:0;width:100%;max-width:40rem}
figure td,figure th{border:0;padding:.1rem .5rem;font-weight:400;min-width:0}
figure td:nth-child(2){width:45%}
svg{display:block;width:100%;height:1rem}
svg rect{fill:var(--bar)}
.sign td{min-width:9rem;height:3rem}
footer{margin-top:2.5rem;border-top:2px solid var(--line)}
@media (max-width:30rem){dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}}
@media print{
body{max-width:none;padding:0;font-size:10pt}
nav,.skip{display:none}
.scroll{overflow:visible}
th,td{min-width:0}
tr,figure{break-inside:avoid}
h2,h3{break-after:avoid}
svg rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
"""


def style_sheet() -> str:
    """Return the rules. They name no address, so a browser asks nobody for anything."""
    light, dark = _variables(LIGHT), _variables(DARK)
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{_RULES}"
    )


def _variables(colours: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in colours.items())

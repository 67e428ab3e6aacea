"""The page in a real browser: it asks for nothing, fits, can be read in the dark and printed."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from anonymize.report.page import report_page
from tests.report.page.chromium import PROGRAM, Tab, tab
from tests.report.page.made import whole

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not PROGRAM, reason="no Chromium here: .ci/install adds one"),
]
WIDTHS = (320, 768, 1280)
COLOUR = "getComputedStyle(document.documentElement).backgroundColor"
SHOWN = "document.activeElement.getBoundingClientRect().width > 0"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a page of 30 columns with hostile names."""
    said = whole(columns=30)
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(report_page(replace(said, charts=said.charts * 5)))
    return path


@pytest.fixture(scope="module")
def shown(path: Path) -> Iterator[Tab]:
    """Return a tab that shows it."""
    with tab() as opened:
        opened.open(path)
        yield opened


def test_nothing_is_asked_for_but_the_page(shown: Tab, path: Path) -> None:
    """No style, script, image, font, icon; and nothing in it is run."""
    assert shown.requests() == [path.as_uri()]
    assert shown.value("document.scripts.length") == 0
    assert shown.value("document.images.length") == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_fits_its_window(shown: Tab, width: int) -> None:
    """Wide tables scroll in themselves; no text is cut off or lies over another's."""
    shown.do(
        "Emulation.setDeviceMetricsOverride",
        width=width, height=900, deviceScaleFactor=1, mobile=False,
    )  # fmt: skip
    assert shown.value("innerWidth") == width
    assert shown.value("document.documentElement.scrollWidth") <= width
    outside = (
        "[...document.querySelectorAll('h1,h2,h3,p,li,dt,dd,figure')].filter(e => !e.closest("
        "'.scroll') && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML)"
    )
    assert shown.value(outside) == []
    assert shown.requests()[1:] == []


def test_a_page_is_light_or_dark_as_the_system_is(shown: Tab) -> None:
    """By the reader's setting alone."""
    found = {}
    for scheme in ("light", "dark"):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        shown.do("Emulation.setEmulatedMedia", features=[feature])
        found[scheme] = shown.value(COLOUR)
    assert found == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}
    shown.do("Emulation.setEmulatedMedia", features=[])


def test_the_keyboard_goes_through_a_page_in_its_order(shown: Tab) -> None:
    """First to the link that skips the contents, which is seen then."""
    shown.do("Emulation.setFocusEmulationEnabled", enabled=True)
    shown.press("Tab")
    assert shown.value("document.activeElement.getAttribute('href')") == "#report"
    assert shown.value(SHOWN)
    assert shown.value("document.activeElement.getBoundingClientRect().left >= 0")
    places = []
    for _ in range(15):
        shown.press("Tab")
        places.append(
            shown.value(
                "[...document.querySelectorAll('a,.scroll')].indexOf(document.activeElement)"
            )
        )
    assert places == list(range(1, 16))


def test_a_page_can_be_printed(shown: Tab) -> None:
    """With its bars, on pages of A4; the contents are left out."""
    made = shown.do("Page.printToPDF", printBackground=True, paperWidth=8.27, paperHeight=11.69)
    assert base64.b64decode(made["data"]).startswith(b"%PDF-")
    shown.do("Emulation.setEmulatedMedia", media="print")
    assert shown.value("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert shown.value("getComputedStyle(document.querySelector('.scroll')).overflowX") == "visible"
    shown.do("Emulation.setEmulatedMedia", media="")

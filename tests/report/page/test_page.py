"""What the report's page is made of: structure, escaping, colours; and what it never says."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise

import pytest

from anonymize.policy.screen import CHECKS
from anonymize.report.page import Reported, dpia_markdown, report_page
from anonymize.report.page.screened import LOOKS_FOR
from anonymize.report.page.style import DARK, LIGHT, MARKS_ON, TEXT_ON, style_sheet
from tests.report.page.made import HOSTILE, act, bare, whole
from tests.report.page.parsed import Element, parsed
from tests.workplace import ROOT

PAGES = {"whole": whole(), "without k": whole(0), "bare": bare(),
         "beside the manifest": replace(whole(), seal=None, acts=(), charts=())}  # fmt: skip
ALLOWED = {
    "a", "bdi", "body", "caption", "code", "data", "dd", "div", "dl", "dt", "figcaption", "figure",
    "footer", "h1", "h2", "h3", "head", "header", "html", "li", "main", "meta", "nav", "p", "rect",
    "section", "style", "svg", "table", "tbody", "td", "th", "thead", "title", "tr", "ul",
}  # fmt: skip
REQUESTS = ("src", "srcset", "data", "action", "formaction", "poster", "background", "ping", "cite",
            "manifest", "xlink:href", "style")  # fmt: skip
"""Attributes for which a browser may ask a server, or that hold a style that may."""


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Element:
    """Return a page's document."""
    return parsed(report_page(PAGES[request.param]))


def test_a_page_has_only_the_elements_that_it_is_made_of(page: Element) -> None:
    """No script, link, image, frame or form, whatever a column is called."""
    assert {one.tag for one in page.all()} - {"#document"} <= ALLOWED


def test_no_request_follows_from_a_page(page: Element) -> None:
    """Links lead to its own fragments, no attribute and no rule of the style names an address."""
    ids = {one.attributes["id"] for one in page.all() if "id" in one.attributes}
    links = [one.attributes["href"] for one in page.all() if "href" in one.attributes]
    assert links
    assert {link[1:] for link in links if link.startswith("#")} <= ids
    assert all(link.startswith("#") for link in links)
    for one in page.all():
        assert not [name for name in one.attributes if name in REQUESTS or name[:2] == "on"]
    assert not re.search(r"url\(|@import|@font-face|src:|image\(", style_sheet())
    (policy,) = (
        one.attributes["content"]
        for one in page.all("meta")
        if one.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")


def test_a_hostile_name_is_text(page: Element) -> None:
    """It is shown as it is, at every place, and in no attribute's name."""
    if page.text.startswith("Privacy report: d,"):
        return
    assert page.text.count(HOSTILE) > 5
    for one in page.all():
        assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in one.attributes), one.attributes


def test_headings_landmarks_and_language(page: Element) -> None:
    """One first heading; none skips a level; each section is named by its own; one main."""
    levels = [int(one.tag[1]) for one in page.all() if re.fullmatch("h[1-6]", one.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert next(page.all("html")).attributes["lang"] == "en"
    for landmark in ("main", "header", "footer", "nav"):
        assert len([*page.all(landmark)]) == 1
    assert next(page.all("title")).text
    for section in page.all("section"):
        assert page.by_id(section.attributes["aria-labelledby"]).tag == "h2"
    names = [one.attributes["aria-label"] for one in page.all("nav")]
    assert names == ["Contents"]


def test_the_contents_name_each_section_in_its_order(page: Element) -> None:
    """By the same words."""
    nav = next(page.all("nav"))
    listed = [(one.attributes["href"][1:], one.text) for one in nav.all("a")]
    assert listed == [
        (one.attributes["id"], next(one.all("h2")).text) for one in page.all("section")
    ]


def test_tables_have_captions_and_heads_of_rows_and_columns(page: Element) -> None:
    """Rows of as many cells as heads; wide ones scroll by the keyboard and have a name."""
    for table in page.all("table"):
        heads, *rows = table.all("tr")
        assert {one.attributes.get("scope") for one in heads.all("th")} == {"col"}
        for row in rows:
            cells = [one for one in row.inside if isinstance(one, Element)]
            assert len(cells) == len(heads.inside)
            assert (cells[0].tag, cells[0].attributes.get("scope")) == ("th", "row")
    scrolled = [one for one in page.all("div") if one.attributes.get("class") == "scroll"]
    assert scrolled
    for one in scrolled:
        assert one.attributes["tabindex"] == "0"
        assert one.attributes["aria-label"] == next(one.all("caption")).text


def test_a_chart_is_a_table_that_a_bar_is_drawn_in() -> None:
    """The number is text; the drawing is not read out."""
    figure = next(parsed(report_page(whole())).all("figure"))
    assert next(figure.all("figcaption")).text.startswith("Published values of")
    for svg in figure.all("svg"):
        assert svg.attributes["aria-hidden"] == "true"
    widths = [one.attributes["width"] for one in figure.all("rect")]
    assert widths == ["100.0%", "100.0%", "1.2%"]
    assert [one.text for one in figure.all("data")] == ["800", "800", "10"]
    assert [one.text for one in figure.all("caption")][1:] == ["Published"]


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colours (WCAG 2.2, relative luminance)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_the_standard_does() -> None:
    """Black on white is 21; its example of grey on white 4.54."""
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_marks_have_the_contrast_of_aa(colours: dict[str, str]) -> None:
    """On each ground that they stand on, and the style uses no other colour."""
    for least, on in ((4.5, TEXT_ON), (3.0, MARKS_ON)):
        for ground, marks in on.items():
            for mark in marks:
                assert contrast(colours[ground], colours[mark]) >= least, (ground, mark)
    used = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", style_sheet()))
    assert used == {*LIGHT.values(), *DARK.values()}
    assert set(re.findall(r"var\(--(\w+)\)", style_sheet())) <= set(colours)


@pytest.mark.parametrize("k", [5, 0], ids=["with k", "without"])
def test_no_small_count_is_told(k: int) -> None:
    """Of rows left out, cells with a name, rows of nobody, values of a reveal: pages and
    assessments are the same for each number below the limit, and not for one above.
    """
    limit = k or 10
    pages = {report_page(whole(k, small=small)) for small in range(1, limit)}
    texts = {dpia_markdown(whole(k, small=small)) for small in range(1, limit)}
    assert (len(pages), len(texts)) == (1, 1)
    (page,) = pages
    assert page != report_page(whole(k, small=limit + 1))
    told = parsed(page)
    assert all(int(one.attributes["value"]) >= limit for one in told.all("data"))
    assert f"set aside because of a bad value, or as suspicious {limit} or fewer" in told.text


def test_a_section_of_measures_shows_further_ones_as_they_are() -> None:
    """Name, figure, meaning; what is measured is not said to be missing."""
    risk = parsed(report_page(whole())).by_id("risk").text
    assert "loss of detail 4.2%" in risk
    assert "t-closeness of column 1 0.18 How far" in risk
    assert "not measured" not in risk


def test_one_group_tells_no_share_of_it() -> None:
    """With its size, the share and the entropy would tell how many people have each value."""
    told = whole().told.manifest.privacy
    assert told is not None
    one = told.sensitive[0].model_copy(update={"entropy": None, "largest_share": None})
    facts = told.model_copy(update={"classes": 1, "sensitive": (one,)})
    made = whole().told.manifest.model_copy(update={"privacy": facts})
    risk = parsed(report_page(Reported.of(made))).by_id("risk").text
    assert "entropy l and most frequent value of column 1 not told There is one group." in risk
    assert "75%" not in risk
    assert "1.50" not in risk
    assert "75%" in parsed(report_page(whole())).by_id("risk").text


def test_a_screen_is_told_for_people_who_train_no_model() -> None:
    """What it is against, what became of the rows, and per check what it looks for; without one,
    that nobody looked.
    """
    checks = parsed(report_page(whole())).by_id("checks").text
    assert "Screen for planted rows, by which somebody could mislead a model: it examined" in checks
    assert "Suspicious rows: 5 or fewer (at most 10.0% of the rows may be)." in checks
    assert "They were set aside; with more of them nothing would have been published." in checks
    assert "Check labels (labels that the rest of the row makes unlikely)" in checks
    without = parsed(report_page(bare()))
    assert "not asked for, so nobody looked." in without.by_id("checks").text
    assert "planted rows" in without.by_id("short").text


def test_what_nobody_looked_at_is_in_short_and_in_full() -> None:
    """Without k and a scan nothing on the page reads as if they had found nothing."""
    page = parsed(report_page(whole(0)))
    short = page.by_id("short").text
    assert "k-anonymity not asked for, not looked at" in short
    assert "k-anonymity; attacks; what a law asks; what detection left out" in short
    text = parsed(report_page(bare())).text
    assert "switched off, so nobody looked" in text
    assert "nobody looked for personal data in what was published" in text
    assert " 0 findings" not in text
    measured = parsed(report_page(whole())).by_id("left").text
    assert "nobody looked what this version tells together with another" in measured
    assert "Nobody counted how many people share the values of: column 1" in measured
    assert "Nobody looked how far" not in measured


def test_the_scan_says_what_it_looked_for_and_what_it_was_told_to_allow() -> None:
    """Direct identifiers, in a sample; personal columns that are kept are no finding of it."""
    left = parsed(report_page(whole())).by_id("left").text
    assert "It looked for direct identifiers alone:" in left
    assert "It read up to 1,000 different values of each of" in left
    assert "Personal data that is published as it is, and that it does not look for:" in left
    assert "It found phone number in" in left
    assert "(confidence 61%)" in left
    assert "It found 1 more in restricted columns." in left
    assert "It found none of these" not in left


def test_general_figures_say_where_they_do_not_hold() -> None:
    """And nothing says that as much was missed here."""
    left = parsed(report_page(bare())).by_id("left").text
    assert "figure does not hold for" in left
    assert "every other text: other languages, clinical notes, chats" in left
    assert "How much was missed in this dataset is not known" in left


def test_who_holds_a_key_is_told_by_who_makes_the_report() -> None:
    """The signing key is among them; what nobody stated is marked."""
    keys = parsed(report_page(replace(whole(), holders={"training": HOSTILE}))).by_id("keys").text
    assert f"opens the rows, without restricted columns {HOSTILE}" in keys
    assert "signing signs the manifest and the log of acts" in keys
    assert keys.count("not stated: ____") == 4


def test_columns_that_the_policy_does_not_name_are_named_on_request() -> None:
    """Else the page says how to get their names."""
    done = parsed(report_page(whole())).by_id("done").text
    assert "report --name-dropped does, with the owner's key" in done
    named = parsed(report_page(replace(whole(), unlisted=("gone too", HOSTILE)))).by_id("done").text
    assert f"are in no output: gone too, {HOSTILE}" in named
    text = dpia_markdown(replace(whole(), unlisted=("gone too",), holders={"training": "ML team"}))
    assert "not named by the policy: 2 columns or places: `gone too`" in text
    assert "`training` (ML team)" in text


def test_rows_of_the_source_and_of_the_sample_are_told() -> None:
    """Of few rows all were looked at; of many how many, and that others were not seen."""
    page = parsed(report_page(whole(small=0)))
    assert "rows published 900, of 999 in the source" in page.by_id("short").text
    assert "Of the source's rows (999) all were looked at" in page.by_id("found").text
    many = whole(small=0).told.manifest
    many = many.model_copy(update={"rows": many.rows.model_copy(update={"read": 1_000_000})})
    found = parsed(report_page(Reported.of(many))).by_id("found").text
    assert "Of the source's rows (1,000,000) 16,384 to 32,768" in found
    assert "what only other rows hold was not seen" in found


def test_only_the_newest_acts_of_a_long_log_are_listed() -> None:
    """With the number of the others."""
    said = replace(whole(), acts=tuple(act(number) for number in range(1, 71)))
    origin = parsed(report_page(said)).by_id("origin").text
    assert "21. reveal, refused" in origin
    assert "20. reveal" not in origin
    assert "20 earlier ones: coatcheck history." in origin


MAKES = """
import hashlib
from anonymize.report.page import dpia_markdown, report_page
from tests.report.page.made import whole
print(hashlib.sha256((report_page(whole()) + dpia_markdown(whole())).encode()).hexdigest())
"""


def test_equal_facts_give_equal_pages() -> None:
    """In processes whose sets and hashes have another order."""
    found = {
        subprocess.run(
            [sys.executable, "-c", MAKES],
            env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_a_page_of_sixty_columns_is_made_in_a_moment() -> None:
    """Of processor time, printed: the aim is two seconds for a whole report."""
    said = whole(columns=60)
    said = replace(said, charts=said.charts * 40)
    start = time.process_time()
    page = report_page(said)
    took = time.process_time() - start
    print(f"a page of 60 columns and 40 charts: {took:.3f} s, {len(page):,} bytes")
    assert took < 2


def test_a_page_of_a_report_is_not_that_beside_the_manifest() -> None:
    """Which cannot know the manifest's digest, and says how to get it."""
    beside: Reported = PAGES["beside the manifest"]
    text = parsed(report_page(beside)).text
    assert "cannot state the manifest's" in text
    assert "coatcheck report" in text
    assert "ef" * 32 in parsed(report_page(whole())).by_id("signatures").text


def test_each_check_of_the_screen_has_its_words() -> None:
    """The names that a policy knows."""
    assert set(LOOKS_FOR) == set(CHECKS)

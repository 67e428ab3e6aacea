"""The privacy report of a version: for a privacy officer, who reads no policy and no manifest.

In: a version's manifest and schema (as `Told`), its seal, the acts on the dataset, counts of its
published values. Out: one HTML file (``page.py``) that asks nobody for anything, a skeleton of a
data protection impact assessment in Markdown (``dpia.py``), the measures of risk for a terminal
(``risk.py``). ``counted.py`` alone reads rows, with the keys of who asks; ``pooled.py`` decides
which of its counts are told.

To add a section: a function of `Reported` that returns Markup, its place in ``page.py``. To add a
measure: a field of `PrivacyFacts`, and its words in ``risk.py``.
"""

from anonymize.report.page.dpia import dpia_markdown
from anonymize.report.page.gaps import Gap, gaps
from anonymize.report.page.made import reported
from anonymize.report.page.page import report_page
from anonymize.report.page.reported import Reported
from anonymize.report.page.risk import NOT_PROMISED, Measure, measures

__all__ = [
    "NOT_PROMISED",
    "Gap",
    "Measure",
    "Reported",
    "dpia_markdown",
    "gaps",
    "measures",
    "report_page",
    "reported",
]

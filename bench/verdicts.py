"""Verdicts on labelled tables, as the scorer beside them wants them.

python bench/verdicts.py FOLDER > predictions.json       # a folder of CSV files
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from anonymize.pipeline.prepare import inspect_source

KNOWN_AS = {"FIELD_VALUES": "FREE_TEXT_PII"}
"""Verdicts for which the labels have another word."""


def main() -> None:
    """Print {file: {column: verdict}} for every CSV file of the folder."""
    folder = Path(sys.argv[1])
    found = {}
    for path in sorted(folder.glob("*.csv")):
        found[path.name] = {
            finding.column: KNOWN_AS.get(finding.verdict, finding.verdict)
            for finding in inspect_source(str(path))
        }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()

"""Memory does not grow with the data: three times the rows, the same peak."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

THROUGH = """
    import resource, sys
    from pathlib import Path
    from anonymize.io import open_source, write_part
    from anonymize.keys import open_keyring
    keyring = open_keyring(sys.argv[1])  # argon2 takes its 64 MiB first
    source = open_source(sys.argv[2])
    part = Path(sys.argv[2] + ".part")
    info = write_part(part, source.schema, source.batches(), keyring=keyring, key="training")
    print(info.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
"""


@pytest.mark.soak
@pytest.mark.parametrize("name", ["data.csv", "data.jsonl"])
def test_reading_and_writing_needs_no_more_memory_for_more_rows(
    tmp_path: Path, keyring_uri: str, name: str
) -> None:
    """1.2 million rows, which fill the pipeline, and 3.6 million."""
    peaks = []
    for times in (1, 3):
        path = tmp_path / f"{times}-{name}"
        with open(path, "w") as file:
            if name.endswith("csv"):
                file.write("id,email,notes\n")
            for number in range(1_200_000 * times):
                text = f'{number},user{number}@example.org,"{"word " * 20}"\n'
                if not name.endswith("csv"):
                    notes = "word " * 20
                    text = (
                        f'{{"id":{number},"email":"user{number}@example.org","notes":"{notes}"}}\n'
                    )
                file.write(text)
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(THROUGH), keyring_uri, str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
        rows, peak = map(int, done.stdout.split())
        assert rows == 1_200_000 * times
        peaks.append(peak)
    assert peaks[1] < peaks[0] * 1.35

"""The main job on the three sample datasets: what ``make run`` runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

from anonymize.flows.settings import quiet_prefect

POLICIES = ("schemas/customers.yaml", "schemas/support_tickets.yaml", "schemas/patients.yaml")

HOW_TO_GO_ON = """
Read one:          .venv/bin/python -c "import anonymize; print(anonymize.read('out/customers'))"
Check one:         .venv/bin/coatcheck verify out/customers
Look at a plan:    .venv/bin/coatcheck plan schemas/customers.yaml
What it holds:     .venv/bin/coatcheck inspect data/samples/customers.csv"""


def main() -> int:
    """Publish a version of each sample, verify it, and say where it is and how to read it."""
    quiet_prefect(Path(".coatcheck/prefect"))
    from prefect import flow

    from anonymize.dataset import Dataset
    from anonymize.errors import AnonymizeError
    from anonymize.flows.anonymize_dataset import anonymize_dataset
    from anonymize.flows.guard import in_one_message
    from anonymize.keys import init_keyring, open_keyring
    from anonymize.pipeline.prepare import keys_wanted
    from anonymize.policy import load_policy

    @flow(name="sample-datasets", persist_result=False)
    @in_one_message
    def sample_datasets() -> list[dict[str, object]]:
        return [anonymize_dataset(path) for path in POLICIES]

    try:
        policies = [load_policy(path) for path in POLICIES]
        init_keyring(None, [name for policy in policies for name in keys_wanted(policy)])
        summaries = sample_datasets()
        for summary in summaries:
            Dataset(str(summary["path"])).verify(keyring=open_keyring()).require()
    except AnonymizeError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    _tell(summaries)
    return 0


def _tell(summaries: list[dict[str, object]]) -> None:
    """Print a line per dataset and how to go on from here."""
    for s in summaries:
        rows = f"{s['rows_in']} rows in, {s['rows_out']} out"
        print(f"{s['dataset']:16} version {s['version']}: {rows}, verified  ->  {s['path']}")
        for sentence in cast("tuple[str, ...]", s["not_looked_for"]):
            print(f"{'':16} not looked for: {sentence}")
    print(HOW_TO_GO_ON)


if __name__ == "__main__":
    sys.exit(main())

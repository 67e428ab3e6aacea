"""Others' code that the canary sweep runs: custom actions that quote what they are given, and
scripts.
"""

from __future__ import annotations

from pathlib import Path

CUSTOM = """
import dataclasses, warnings

class Odd(BaseException):
    pass

class Unprintable(Exception):
    def __str__(self):
        raise ValueError(self.args[0])

@dataclasses.dataclass(frozen=True)
class Fails:
    def output_type(self, given):
        return given

    def __call__(self, column):
        self.fail("about " + str(column.drop_null()[0]))
        return column.slice(1)

class value_error(Fails):
    def fail(self, text): raise ValueError(text)

class system_exit(Fails):
    def fail(self, text): raise SystemExit(text)

class odd(Fails):
    def fail(self, text): raise Odd(text)

class unprintable(Fails):
    def fail(self, text): raise Unprintable(text)

class warns(Fails):
    def fail(self, text): warnings.warn(text)

class chained(Fails):
    def fail(self, text):
        try:
            raise ValueError(text)
        except ValueError as error:
            error.add_note(text)
            raise KeyError(text) from error

for made in (value_error, system_exit, odd, unprintable, warns, chained):
    globals()[made.__name__] = dataclasses.dataclass(frozen=True)(made)
"""
ACTIONS = {
    "value_error": "ValueError",
    "system_exit": "SystemExit",
    "odd": "BaseException",
    "unprintable": "Exception",
    "warns": "119",
    "chained": "KeyError",
}
"""Entry point → what is said of its failure."""


VAULT = """
import os, sys
os.environ["COATCHECK_VAULT"] = "sqlite:vault.db"
from anonymize.cli import main
sys.argv = ["coatcheck", "run", sys.argv[1]]
main()
"""
"""A vault that is no database."""
FRAME = """
import sys, anonymize, pandas
frame = pandas.read_csv(sys.argv[1])
spoilt = (frame.assign(born=7), frame.set_index("mail"), frame.assign(name=[[1]] * len(frame)))
for given in (frame, *spoilt):
    try: print(anonymize.anonymize_frame(given, sys.argv[2]).shape)
    except Exception as error: print(type(error).__name__, error)
"""
"""Frames that fit and that do not; what is raised is printed as a caller would."""
CRASH = """
import faulthandler, sys
from anonymize.cli import main
import anonymize.plan.apply as bound
whole = bound.PlanWithKeys.apply
def crash(*arguments, **named):
    held = whole(*arguments, **named)
    faulthandler._sigsegv()
bound.PlanWithKeys.apply = crash
sys.argv = ["coatcheck", "run", sys.argv[1]]
main()
"""
"""A fault in native code while raw rows are in memory."""
APPROVER = """
import pathlib, sys
from anonymize.custody.approval import approver_key
policy = pathlib.Path(sys.argv[1])
policy.write_text(policy.read_text().replace("ANNA", f"'{approver_key('file:anna.json')}'"))
"""
"""Another person's key, put into a policy."""
FLOWS = """
import sys
from anonymize.flows.settings import quiet_prefect
quiet_prefect()
from anonymize.flows.aggregate_dataset import aggregate_dataset
from anonymize.flows.anonymize_dataset import anonymize_dataset
from anonymize.flows.expire_versions import expire_versions
from anonymize.flows.inspect_dataset import inspect_dataset
from anonymize.flows.synthesize_dataset import synthesize_dataset
from anonymize.flows.unusual_activity import unusual_activity
from anonymize.flows.verify_dataset import verify_dataset
def told(flow, *arguments, **named):
    try: print(flow(*arguments, **named))
    except Exception as error: print(type(error).__name__, error)
released = sys.argv.pop()
told(aggregate_dataset, released, ".")
told(synthesize_dataset, released, ".")
told(aggregate_dataset, released, ".")
for path in sys.argv[1:]:
    if path.endswith("l.csv"):
        told(inspect_dataset, path)
        continue
    told(anonymize_dataset, path)
    told(inspect_dataset, expect=path)
for path in sys.argv[1:3]:
    told(verify_dataset, path)
    told(unusual_activity, path)
    told(expire_versions, path, 1, "retention")
"""


def custom_actions(site: Path) -> None:
    """Put custom actions that quote what they are given where the commands find them."""
    info = site / "acme-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "acme.py").write_text(CUSTOM)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    lines = "\n".join(f"acme_{name} = acme:{name}" for name in ACTIONS)
    (info / "entry_points.txt").write_text(f"[coatcheck.actions]\n{lines}\n")

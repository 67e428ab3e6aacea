"""Drafts a first policy for a source from detection's findings. The data owner must read and
correct it.

In: a source's settings, schema and findings, and what was observed while its rows were read.
Out: a policy as YAML, with the reason behind every rule. ``drafted.py`` drafts all rules,
``lines.py`` one, ``write.py`` writes them; ``actions.py`` has the action for a verdict,
``people.py`` the columns of one person, ``special.py`` the special categories, ``observed.py`` and
``countries.py`` what rows show, ``privacy_block.py`` the quasi-identifiers, ``ways.py`` how they
become coarser, ``subject.py`` and
``value_counts.py`` the column that tells whose each row is.
"""

from anonymize.plan.draft.drafted import Drafted, dataset_name, draft
from anonymize.plan.draft.lines import Joining, Refusal
from anonymize.plan.draft.observed import Observed
from anonymize.plan.draft.privacy_block import (
    QUASI_IDENTIFIERS,
    Measured,
    linking,
    measure,
    sensitive_columns,
)
from anonymize.plan.draft.subject import Subject, pairs_to_compare
from anonymize.plan.draft.value_counts import RowsOfKeys, ValueCounts
from anonymize.plan.draft.ways import Way, way_of
from anonymize.plan.draft.write import policy_text

__all__ = [
    "QUASI_IDENTIFIERS",
    "Drafted",
    "Joining",
    "Measured",
    "Observed",
    "Refusal",
    "RowsOfKeys",
    "Subject",
    "ValueCounts",
    "Way",
    "dataset_name",
    "draft",
    "linking",
    "measure",
    "pairs_to_compare",
    "policy_text",
    "sensitive_columns",
    "way_of",
]

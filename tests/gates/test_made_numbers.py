"""What a free text's rule makes of an identifier is no find of another kind; what was missed
beside it is.
"""

from __future__ import annotations

import random
import re

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.detect import sample_columns
from anonymize.gates.residual import residual_findings
from anonymize.names import ColumnName, EntityType
from tests.plan.helpers import policy_of

DRAW = random.Random(5)
ADDRESSES = [
    f"{DRAW.randrange(1, 224)}.{DRAW.randrange(256)}.{DRAW.randrange(256)}.{DRAW.randrange(1, 255)}"
    for _ in range(300)
]
OTHERS = [f"the cable {n} was changed" for n in range(120)]


def digits(layout: str) -> str:
    """Return any digits in a layout."""
    return "".join(str(DRAW.randrange(10)) if one == "9" else one for one in layout)


@pytest.mark.parametrize("words", ["call from {}", "phone server {} is down", "tel: {}"])
def test_a_run_publishes_the_addresses_that_its_rule_made(keyring_uri: str, words: str) -> None:
    """Behind words that telephone numbers stand behind, too."""
    frame = pd.DataFrame({"log": [*map(words.format, ADDRESSES), *OTHERS]})
    rule = "  log: {action: free_text, entities: {IP_ADDRESS: {action: encrypt_format}}}\n"
    out = anonymize.anonymize_frame(frame, policy_of(rule), keyring=keyring_uri)
    form = re.compile(re.escape(words).replace(r"\{\}", r"\d{1,3}(\.\d{1,3}){3}"))
    assert sum(form.fullmatch(cell) is not None for cell in out["log"]) > 100
    assert not set(out["log"][:300]) & set(frame["log"])


@pytest.mark.parametrize(
    ("entity", "layout"),
    [
        ("IP_ADDRESS", "999.999.99.99"),
        ("US_SSN", "999-99-9999"),
        ("US_ITIN", "999-99-9999"),
        ("CREDIT_CARD", "9999 9999 9999 9999"),
    ],
)
def test_a_number_in_the_layout_of_what_is_let_through_is_that(entity: str, layout: str) -> None:
    """A telephone number beside it is found; so is such a number where the policy lets none
    through.
    """
    made = [f"tel: {digits(layout)}" for _ in range(120)]
    allowed = {ColumnName("c"): frozenset({EntityType(entity), EntityType("FREE_TEXT_PII")})}
    assert residual_findings(sample_columns([pa.record_batch({"c": made})]), allowed) == ()
    assert residual_findings(sample_columns([pa.record_batch({"c": made})]), {})
    missed = [f"tel: ({digits('999')}) 555-{digits('9999')}" for _ in range(5)]
    (found,) = residual_findings(
        sample_columns([pa.record_batch({"c": [*made, *missed]})]), allowed
    )
    assert (found.what, found.distinct_values) == ("PHONE_NUMBER", 5)

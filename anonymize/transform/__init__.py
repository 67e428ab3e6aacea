"""Pure column functions: an Arrow column in, one of the same length out."""

from __future__ import annotations

from anonymize.transform.fake import FAKERS, Fake
from anonymize.transform.free_text import FreeText, Label
from anonymize.transform.generalize import BandNumber, GeneralizeDate, GeneralizePrefix, RoundNumber
from anonymize.transform.interface import BadValuesError, Row, RowTransform, Transform, UnsupportedTypeError
from anonymize.transform.mask import Mask
from anonymize.transform.pools import LocaleError, faker_version, pool
from anonymize.transform.pseudonymize import Pseudonymize
from anonymize.transform.redact import Keep, Redact
from anonymize.transform.row_values import RowValue
from anonymize.transform.tokenize import TokenizeSiv

__all__ = [
    "FAKERS",
    "BadValuesError",
    "BandNumber",
    "Fake",
    "FreeText",
    "GeneralizeDate",
    "GeneralizePrefix",
    "Keep",
    "Label",
    "LocaleError",
    "Mask",
    "Pseudonymize",
    "Redact",
    "RoundNumber",
    "Row",
    "RowTransform",
    "RowValue",
    "TokenizeSiv",
    "Transform",
    "UnsupportedTypeError",
    "faker_version",
    "pool",
]

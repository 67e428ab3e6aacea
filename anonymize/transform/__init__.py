"""Pure column functions: an Arrow column in, one of the same length out."""

from __future__ import annotations

from anonymize.transform.constant import Constant
from anonymize.transform.custom import CustomAction, CustomActionError, custom_action, custom_actions
from anonymize.transform.encrypt_format import EncryptFormat
from anonymize.transform.fake import FAKERS, PERSON_KINDS, Fake, FakeOfPerson, check_fake
from anonymize.transform.fitting import UnfitError, Unfitted
from anonymize.transform.free_text import FreeText, Operator
from anonymize.transform.generalize_codes import (
    GeneralizeHierarchy,
    GeneralizePart,
    GeneralizePostcode,
    GeneralizePrefix,
    parsed_hierarchy,
    read_hierarchy,
)
from anonymize.transform.generalize_dates import AgeBand, GeneralizeDate
from anonymize.transform.generalize_numbers import BandNumber
from anonymize.transform.generalize_places import GeneralizeGeohash, GeneralizeGrid, GeneralizeNetwork
from anonymize.transform.interface import (
    BadValuesError,
    Row,
    RowTransform,
    Transform,
    UnsupportedTypeError,
    is_function_of_row,
)
from anonymize.transform.labels import Label, LabelOfSubject
from anonymize.transform.mask import Mask
from anonymize.transform.mask_forms import MaskClass, MaskForm, MaskPattern
from anonymize.transform.perturb import Perturb
from anonymize.transform.pools import LocaleError, faker_version, pool
from anonymize.transform.pseudonymize import Pseudonymize
from anonymize.transform.quantiles import QuantileBands
from anonymize.transform.rare import PoolRare
from anonymize.transform.redact import Keep, Redact
from anonymize.transform.round_numbers import RoundNumber
from anonymize.transform.row_values import RowValue
from anonymize.transform.shift_dates import ShiftDates
from anonymize.transform.shuffle import Shuffle
from anonymize.transform.tokenize import TokenizeSiv, TokenizeVault, TokenizeVaultOfSubject
from anonymize.transform.unique import FakeUnique

__all__ = [
    "FAKERS",
    "PERSON_KINDS",
    "AgeBand",
    "BadValuesError",
    "BandNumber",
    "Constant",
    "CustomAction",
    "CustomActionError",
    "EncryptFormat",
    "Fake",
    "FakeOfPerson",
    "FakeUnique",
    "FreeText",
    "GeneralizeDate",
    "GeneralizeGeohash",
    "GeneralizeGrid",
    "GeneralizeHierarchy",
    "GeneralizeNetwork",
    "GeneralizePart",
    "GeneralizePostcode",
    "GeneralizePrefix",
    "Keep",
    "Label",
    "LabelOfSubject",
    "LocaleError",
    "Mask",
    "MaskClass",
    "MaskForm",
    "MaskPattern",
    "Operator",
    "Perturb",
    "PoolRare",
    "Pseudonymize",
    "QuantileBands",
    "Redact",
    "RoundNumber",
    "Row",
    "RowTransform",
    "RowValue",
    "ShiftDates",
    "Shuffle",
    "TokenizeSiv",
    "TokenizeVault",
    "TokenizeVaultOfSubject",
    "Transform",
    "UnfitError",
    "Unfitted",
    "UnsupportedTypeError",
    "check_fake",
    "custom_action",
    "custom_actions",
    "faker_version",
    "is_function_of_row",
    "parsed_hierarchy",
    "pool",
    "read_hierarchy",
]

"""Pure column functions: an Arrow column in, a column of the same length out.

In: a column, for some transforms also other columns of the same rows (`Row`), keys or a scanner.
Out: the transformed column; bad values are reported by `BadValuesError`, which carries the rest.
``interface.py`` defines the interfaces, ``first_pass.py`` those of transforms that need facts about
the whole column; there is one package per kind of action.

To add an action: a frozen dataclass here that implements `Transform` or `RowTransform`, a model in
``policy/actions/``, one ``case`` in ``plan/bind/registry.py``, an entry in ``schemas/README.md``,
then ``make schema``.
"""

from __future__ import annotations

from anonymize.transform.fake.fake import FAKERS, PERSON_KINDS, Fake, FakeOfPerson, check_fake
from anonymize.transform.fake.faker_pools import LocaleError, faker_version, pool
from anonymize.transform.fake.unique import FakeUnique
from anonymize.transform.first_pass import UnfitError, Unfitted
from anonymize.transform.free_text.free_text import FreeText, Operator
from anonymize.transform.free_text.labels import Label, LabelOfSubject
from anonymize.transform.free_text.same_row.hunt import RowValue
from anonymize.transform.generalize.codes import (
    GeneralizeHierarchy,
    GeneralizePart,
    GeneralizePostcode,
    GeneralizePrefix,
    parsed_hierarchy,
    read_hierarchy,
)
from anonymize.transform.generalize.dates import AgeBand, GeneralizeDate
from anonymize.transform.generalize.numbers import BandNumber
from anonymize.transform.generalize.places import (
    GeneralizeGeohash,
    GeneralizeGrid,
    GeneralizeNetwork,
)
from anonymize.transform.generalize.quantiles import QuantileBands
from anonymize.transform.generalize.rare_categories import GroupRareCategories
from anonymize.transform.generalize.round_numbers import RoundNumber
from anonymize.transform.interface import (
    BadValuesError,
    Row,
    RowTransform,
    Transform,
    UnsupportedTypeError,
    is_function_of_row,
)
from anonymize.transform.keyed.encrypt_format import EncryptFormat
from anonymize.transform.keyed.pseudonymize import Pseudonymize
from anonymize.transform.keyed.shift_dates import ShiftDates
from anonymize.transform.keyed.shuffle import Shuffle
from anonymize.transform.keyed.tokenize import TokenizeSiv, TokenizeVault, TokenizeVaultOfSubject
from anonymize.transform.noise.perturb import Perturb
from anonymize.transform.simple.constant import Constant
from anonymize.transform.simple.custom import (
    CustomAction,
    CustomActionError,
    custom_action,
    custom_actions,
)
from anonymize.transform.simple.mask import Mask
from anonymize.transform.simple.mask_forms import MaskClass, MaskForm, MaskPattern
from anonymize.transform.simple.redact import Keep, Redact

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
    "GroupRareCategories",
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

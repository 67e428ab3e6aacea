"""Which preset a policy must keep, as a frozen model: the block ``preset:``.

It stands beside ``privacy:`` and not in it: a preset speaks of every column, and most of them ask
for no classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from anonymize.names import ColumnName
from anonymize.policy.actions import StrictModel

PresetName = Literal["hipaa-safe-harbor", "hipaa-expert-determination", "gdpr-pseudonymisation"]


class PresetSpec(StrictModel):
    """A law's or guideline's demands, which ``coatcheck plan`` explains; a column that is published
    against it is refused before the first row.
    """

    name: PresetName
    """Which: Safe Harbor or expert determination of HIPAA's privacy rule, or the GDPR's
    pseudonymisation.
    """
    accept: dict[ColumnName, Annotated[str, Field(min_length=3)]] = Field(default_factory=dict)
    """Column → why the preset does not hold for it, for example because detection is wrong; the
    plan repeats it.
    """


PRESET_TAGS = frozenset({"its name", "a block"})
"""Parts of pydantic's locations that no policy has."""

if TYPE_CHECKING:
    PresetSetting = PresetSpec
else:
    PresetSetting = Annotated[
        Annotated[PresetName, AfterValidator(lambda name: PresetSpec(name=name)), Tag("its name")]
        | Annotated[PresetSpec, Tag("a block")],
        Discriminator(lambda said: "its name" if isinstance(said, str) else "a block"),
    ]
"""A preset's name, or a block with the columns that are accepted."""

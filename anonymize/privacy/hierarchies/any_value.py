"""Values without a hierarchy: each by itself, or everything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from anonymize.privacy.coded import CodedColumn
from anonymize.privacy.hierarchies.levels import Known
from anonymize.privacy.hierarchies.texts import plain_values


@dataclass(frozen=True)
class AnyValue:
    """A value → everything. Takes every scalar type; has no order."""

    def coded(self, name: str, values: pa.Array) -> CodedColumn:
        """Return the column with two levels."""
        values = plain_values(name, values)
        known = Known.of(name, values, np.ones(len(values), np.bool_), "root", "")
        return known.column(())

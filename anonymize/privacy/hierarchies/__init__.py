"""How a quasi-identifier can be generalized: levels of nested groups above its values.

In: what the policy says of a column (`Asked`; in code a `HierarchySpec`) and the column's distinct
values. Out: a `CodedColumn`: integer codes per level, a label and a loss for each group, a root
``*`` above all. Mistakes in widths and files are refused before any value is there, unknown values
when the column is coded. ``ranges.py`` numbers and ages, ``dates.py``, ``prefixes.py`` postcodes,
industries and codes by their beginning, ``icd10.py``, ``countries.py``, ``files.py`` and
``csv_lines.py`` hierarchy files, ``any_value.py`` none. ``levels.py`` puts levels together,
``texts.py`` holds labels.

To add a hierarchy: a frozen class with ``coded`` in a file of its own, a key in `Asked`,
`HierarchySpec` and the policy's model (``policy/recode.py``), a line in `hierarchy_of`, and an
example in ``tests/privacy/hierarchies/examples.py``, whose properties every hierarchy has.
"""

from anonymize.privacy.hierarchies.choose import WAYS, hierarchy_of
from anonymize.privacy.hierarchies.files import FileHierarchy
from anonymize.privacy.hierarchies.interface import ROOT, Asked, HierarchySpec, ValueHierarchy
from anonymize.privacy.hierarchies.texts import Texts

__all__ = [
    "ROOT",
    "WAYS",
    "Asked",
    "FileHierarchy",
    "HierarchySpec",
    "Texts",
    "ValueHierarchy",
    "hierarchy_of",
]

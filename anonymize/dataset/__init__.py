"""Versions of a dataset: published whole and signed, verified, read by purpose, rolled back."""

from anonymize.dataset.anchor import Anchor
from anonymize.dataset.audit import AuditLog
from anonymize.dataset.dataset import Dataset
from anonymize.dataset.entry import AuditEntry
from anonymize.dataset.export import FormulasNeutralised, export
from anonymize.dataset.manifest import FileEntry, Manifest, OwnersPart, RowCounts
from anonymize.dataset.owner import is_of_source, open_facts
from anonymize.dataset.reader import ColumnsLeftOut, iter_batches, read, read_quarantine
from anonymize.dataset.staging import Staging
from anonymize.dataset.verify import Verification

__all__ = [
    "Anchor",
    "AuditEntry",
    "AuditLog",
    "ColumnsLeftOut",
    "Dataset",
    "FileEntry",
    "FormulasNeutralised",
    "Manifest",
    "OwnersPart",
    "RowCounts",
    "Staging",
    "Verification",
    "export",
    "is_of_source",
    "iter_batches",
    "open_facts",
    "read",
    "read_quarantine",
]

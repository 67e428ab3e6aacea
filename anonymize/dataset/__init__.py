"""Versions of a dataset on disk: publishes them whole and signed, verifies, reads, exports, rolls
back and expires them.

In: encrypted parts and a manifest from a run; a folder and a keyring from a reader. Out: a version
folder, an entry in the signed audit log, ``CURRENT``; for readers Arrow tables or pandas frames.
A dataset in S3 is worked on in a mirror (``mirror.py``), so that the rest knows folders alone.
``staging.py`` publishes, ``manifest.py``, ``audit.py`` and ``reads.py`` define the signed files,
``view.py`` reads the state, ``history.py``, ``difference.py`` and ``audit_lines.py`` tell of it,
``card_files.py`` keeps the cards that ``report/cards`` makes, ``verify.py`` checks everything,
``recovery.py`` cleans up after an interrupted act, ``reader.py`` reads rows.

To add an act on versions: write a method of `Dataset` that holds `lock`, enters the act with
``audit.append`` before it changes a file, and completes in ``recovery.py`` what a kill may
interrupt; add its name to ``ACTS`` in ``entry.py`` if readers must know of it. To add a fact to the
manifest: add a field to `Manifest` if everybody may read it, or to the ``exact`` facts in
``pipeline/manifest.py`` if only the owner may.
"""

from anonymize.dataset.anchor import Anchor
from anonymize.dataset.audit import AuditLog
from anonymize.dataset.dataset import Dataset
from anonymize.dataset.entry import AuditEntry
from anonymize.dataset.export import export
from anonymize.dataset.export_table import export_table
from anonymize.dataset.manifest import FileEntry, Manifest, OwnersPart, RowCounts
from anonymize.dataset.owner import is_of_source, open_facts
from anonymize.dataset.plain_files import FormulasNeutralised, NumbersNulled
from anonymize.dataset.reader import iter_batches, read, read_quarantine
from anonymize.dataset.reads import ReadNotEntered
from anonymize.dataset.selection import ColumnsLeftOut
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
    "NumbersNulled",
    "OwnersPart",
    "ReadNotEntered",
    "RowCounts",
    "Staging",
    "Verification",
    "export",
    "export_table",
    "is_of_source",
    "iter_batches",
    "open_facts",
    "read",
    "read_quarantine",
]

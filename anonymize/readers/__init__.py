"""What training code reads: rows of one version, divided among processes, in a seeded order, from a
place that can be stored.

In: a dataset, and a keyring with the keys of a purpose. Out: batches of NumPy arrays
(``training.py``), of torch tensors (``torch.py``), or a dataset of Hugging Face
(``huggingface.py``). Every part is checked before its rows come, and no row is written to a disk.
``shares.py`` and ``order.py`` say which rows are whose and in which order, ``source.py`` is the
version as each process opens it, ``stream.py`` reads, ``arrays.py`` makes arrays of columns.

To add a framework: a module that takes batches from `TrainingBatches` or `RowStream`, with its
package imported there alone, its extra, its tests in the environment of the readers, and its
section in ``docs/readers.md``.
"""

from anonymize.readers.training import TrainingBatches

__all__ = ["TrainingBatches"]

"""Object stores and ``https://`` addresses: read there as the files of a source, written in S3
as those of a dataset.

In: addresses (``s3://bucket/key``, ``gs://…``, ``az://…``), and the credentials and endpoint of the
environment by the vendors' own rules. Out: places that implement `FilePlace` of
``sources/places.py``: ``listing.py`` finds them, ``objects.py`` reads them by ranges,
``hashed_stream.py`` takes a digest on the way. ``s3_objects.py``, ``gcs_objects.py`` and
``azure_objects.py`` say how each store is asked: S3 by boto3 (``client.py``), the others by REST
(``rest_client.py``) with the credentials of ``gcs_client.py`` and ``azure_account.py``.
``refusals.py`` and ``rest_refusals.py`` translate errors; those that pass are marked, so that a run
is tried again. ``folder.py`` is where a dataset lies: objects that are encrypted on request and
checked after they are written, and one that is replaced by a conditional write. ``bucket.py``
checks and sets what a bucket must do, ``grants.py`` says what each role needs. ``https_files.py``
fetches an address whole and keeps it encrypted (``spool.py``): ``https_connection.py`` asks once,
``https_download.py`` again, ``https_pages.py`` for all pages.

To add a store: an address scheme in ``policy/addresses.py``, and a `StoredObject` in
``listing.STORES``.
"""

from anonymize.io.stores.listing import find_objects
from anonymize.io.stores.s3_objects import S3Object

__all__ = ["S3Object", "find_objects"]

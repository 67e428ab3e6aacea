"""Computing on encrypted data: a version's numeric columns as CKKS ciphertexts.

The holder exports (`export_homomorphic`), somebody without any key computes sums, means, weighted
sums and a linear model's scores (`encrypted_sum`, `encrypted_weighted`, `encrypted_linear`), and
the holder checks and decrypts the result (`decrypt`). What this protects and what it does not is in
docs/homomorphic.md. `parameters` has the one set of parameters and the error bounds, `native` alone
knows TenSEAL, `checks` has what shows a wrong computation.
"""

from anonymize.custody.homomorphic.compute import (
    Computed,
    encrypted_linear,
    encrypted_sum,
    encrypted_weighted,
)
from anonymize.custody.homomorphic.decrypt import Answer, Decrypted, decrypt
from anonymize.custody.homomorphic.export import HomomorphicExport, export_homomorphic
from anonymize.custody.homomorphic.folder import EncryptedFolder, open_folder

__all__ = [
    "Answer",
    "Computed",
    "Decrypted",
    "EncryptedFolder",
    "HomomorphicExport",
    "decrypt",
    "encrypted_linear",
    "encrypted_sum",
    "encrypted_weighted",
    "export_homomorphic",
    "open_folder",
]

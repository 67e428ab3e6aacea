"""TenSEAL, behind arrays: the only module that knows it.

A ciphertext is a *block*: an array of ``uint64`` of shape (2, 2, 8192), by polynomial, prime and
coefficient. What others send is such numbers, never a serialised object: its length and each
number's range are checked here, and the bytes that SEAL parses are made around them by this
process. So what is malformed does not reach the native library.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pyarrow as pa

from anonymize.custody.homomorphic.parameters import (
    DEGREE,
    MODULUS_BITS,
    PRIMES,
    SCALE_BITS,
    SLOTS,
)
from anonymize.errors import DatasetError, MissingExtraError
from anonymize.keys import Secret

Block = np.ndarray[Any, np.dtype[np.uint64]]
Slots = np.ndarray[Any, np.dtype[np.float64]]
SHAPE = (2, len(PRIMES), DEGREE)
BLOCK_BYTES = 8 * int(np.prod(SHAPE))
_LIMITS = np.array(PRIMES, np.uint64).reshape(1, len(PRIMES), 1)
_HEADER, _MEMBERS, _SCALE_AT = 16, 97, 57
"""SEAL's header, and what stands before the numbers in its form of a ciphertext (version 4)."""
_PLAIN, _ZLIB = 0, 1
_MAGIC = b"\x5e\xa1\x10"
_SCALE = 2.0**SCALE_BITS


def _tenseal() -> Any:
    try:
        import tenseal
    except ImportError:
        raise MissingExtraError.of("computing on encrypted data", "he") from None
    return tenseal


@dataclass(frozen=True)
class Context:
    """A context of TenSEAL, and what its ciphertexts begin with."""

    native: Any = field(repr=False)
    header: bytes = field(repr=False)
    """The first eight bytes, with SEAL's version, of what is not compressed."""
    prefix: bytes = field(repr=False)
    """What stands between header and numbers."""

    def encrypted(self, slots: Slots) -> Block:
        """Return `SLOTS` values of at most 2 in size as a fresh ciphertext.

        Raises:
            ValueError: the context has no secret key.
        """
        vector = _tenseal().ckks_vector(self.native, slots.tolist())
        return _numbers_in(_members(_seal_in(vector.serialize())))

    def decrypted(self, block: Block, *, product: bool) -> Slots:
        """Return the values of a block; ``product`` says that it was multiplied once.

        Raises:
            ValueError: the context has no secret key.
        """
        return np.array(self._loaded(block, product=product).decrypt())

    def sum(self) -> Sum:
        """Return a sum of blocks, still empty."""
        return Sum(self)

    def _loaded(self, block: Block, *, product: bool = False) -> Any:
        scale = struct.pack("<d", _SCALE * (_SCALE if product else 1.0))
        members = self.prefix[:_SCALE_AT] + scale + self.prefix[_SCALE_AT + 8 :] + block.tobytes()
        return _tenseal().ckks_vector_from(self.native, _serialised(self.header, members))


_CANCELLED = "the encrypted blocks cancel each other out: the export was changed"


class Sum:
    """A sum of blocks that are added one after the other, each times a number or times one number
    per slot.
    """

    def __init__(self, context: Context) -> None:
        """Begin with nothing."""
        self._context = context
        self._sum: Any = None

    def add(self, block: Block, weights: float | Slots | None = None) -> None:
        """Add a block, times ``weights``. A sum has weights for all of its blocks or for none, and
        some weight is not 0.

        Raises:
            DatasetError: the blocks cancel each other out, which those of an export do not.
        """
        term = self._context._loaded(block)
        try:
            if weights is not None:
                term *= weights if isinstance(weights, float) else weights.tolist()
            if self._sum is None:
                self._sum = term
            else:
                self._sum += term
        except RuntimeError:  # SEAL refuses a sum that anybody could read without a key
            raise DatasetError(_CANCELLED) from None

    def block(self) -> Block:
        """Return the sum."""
        return _numbers_in(_members(_seal_in(self._sum.serialize())))


def new_context() -> Context:
    """Return a context with a new secret key."""
    return _usable(_made())


def public_context() -> Context:
    """Return a context that computes and can neither encrypt nor decrypt."""
    return _usable(_made(), _tenseal().context_from(public_bytes()))


def public_bytes() -> bytes:
    """Return that context in TenSEAL's form: parameters alone, so always the same bytes."""
    return bytes(_made().serialize(False, False, False, False))


def secret_bytes(context: Context) -> Secret:
    """Return a context with its secret key in TenSEAL's form."""
    return Secret(bytes(context.native.serialize(False, True, False, False)))


def secret_context(data: Secret) -> Context:
    """Return the context of `secret_bytes`, which must come from where nobody else can write."""
    native = _configured(_tenseal().context_from(data.reveal()))
    return _usable(native)


def block_from(data: bytes, place: str) -> Block:
    """Return the block that ``data`` is.

    Raises:
        DatasetError: it is no block of these parameters.
    """
    if len(data) != BLOCK_BYTES:
        raise DatasetError("a ciphertext is cut short or too long", place=place)
    block = np.frombuffer(data, "<u8").reshape(SHAPE)
    if not (block < _LIMITS).all() or not block[1].any():
        raise DatasetError("a ciphertext is not one of these parameters", place=place)
    return block


def _made() -> Any:
    tenseal = _tenseal()
    return _configured(
        tenseal.context(
            tenseal.SCHEME_TYPE.CKKS,
            DEGREE,
            coeff_mod_bit_sizes=list(MODULUS_BITS),
            encryption_type=tenseal.ENCRYPTION_TYPE.SYMMETRIC,
            n_threads=1,
        )
    )


def _configured(native: Any) -> Any:
    native.global_scale = _SCALE
    native.auto_rescale = native.auto_mod_switch = native.auto_relin = False
    return native


def _usable(encrypts: Any, native: Any = None) -> Context:
    """Return a context around ``native``, or ``encrypts`` itself, which gives a ciphertext of zeros
    to take header and prefix from.

    Raises:
        DatasetError: this release of TenSEAL writes ciphertexts otherwise.
    """
    seal = _seal_in(_tenseal().ckks_vector(encrypts, [0.0] * SLOTS).serialize())
    members = _members(seal)
    said = struct.unpack_from("<BQQQd", members, 32)
    known = said == (1, 2, DEGREE, len(PRIMES), _SCALE) and seal[:3] == _MAGIC
    if not known or len(members) != _MEMBERS + BLOCK_BYTES:
        raise DatasetError("this release of TenSEAL writes ciphertexts in another form")
    header = seal[:5] + bytes([_PLAIN]) + seal[6:8]
    return Context(encrypts if native is None else native, header, members[:_MEMBERS])


def _numbers_in(members: bytes) -> Block:
    return np.frombuffer(members[_MEMBERS:], "<u8").reshape(SHAPE)


def _seal_in(serialised: bytes) -> bytes:
    """Return SEAL's form of the ciphertext in TenSEAL's form of one of our own process."""
    length, at = _varint(serialised, 1)  # field 1: sizes
    length, at = _varint(serialised, at + length + 1)  # field 2: the ciphertext
    return serialised[at : at + length]


def _members(seal: bytes) -> bytes:
    """Return what SEAL's form of a ciphertext holds, not compressed."""
    if seal[5] == _PLAIN:
        return seal[_HEADER:]
    if seal[5] == _ZLIB:
        return zlib.decompress(seal[_HEADER:])
    with pa.CompressedInputStream(pa.BufferReader(seal[_HEADER:]), "zstd") as stream:
        return cast("bytes", stream.read())


def _serialised(header: bytes, members: bytes) -> bytes:
    """Return TenSEAL's form of one ciphertext (a protocol buffer: sizes, ciphertext, scale)."""
    size = _HEADER + len(members)
    seal = header + struct.pack("<Q", size) + members
    sizes = _written(SLOTS)
    return b"".join(
        (
            b"\x0a", _written(len(sizes)), sizes,
            b"\x12", _written(len(seal)), seal,
            b"\x19", struct.pack("<d", _SCALE),
        )
    )  # fmt: skip


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


def _written(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])

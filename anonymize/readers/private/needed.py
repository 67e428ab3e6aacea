"""torch and Opacus, or the error that says which extra brings them."""

from __future__ import annotations

import warnings

from anonymize.errors import MissingExtraError

try:
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from opacus import GradSampleModule
        from opacus.validators import ModuleValidator
except ImportError:
    raise MissingExtraError.of("training with differential privacy", "private") from None

__all__ = ["GradSampleModule", "ModuleValidator", "chosen_device", "torch"]


def chosen_device(device: str | None) -> torch.device:
    """Return a device: by default the GPU where there is one."""
    return torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))

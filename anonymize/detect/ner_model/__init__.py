"""The name recogniser's one file, ``names.onnx``, and its digest; training/ makes both."""

from __future__ import annotations

SHA256 = "aeb1d3518b60b3257a00cbd169d159075fd3ca654be2d5561566da899d800ad8"
"""Digest of ``names.onnx``, written by ``python -m training.export``; a file that differs is refused."""

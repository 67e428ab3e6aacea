"""The name recogniser's one file, ``names.onnx``, and its digest; training/ makes both."""

from __future__ import annotations

SHA256 = "e18ac8bbed887d88ffbf8ac2537e12b306f281693e7756fbb4a0c95cfdd51aeb"
"""Digest of ``names.onnx``, written by ``python -m training.export``; a file that differs is refused."""

"""The name recogniser's one file, ``names.onnx``, and its digest; training/ makes both."""

from __future__ import annotations

SHA256 = "62016da2e3436101519322db05d445c6db79268a1c51ebf355e7f3c536d6310e"
"""Digest of ``names.onnx``, written by ``python -m training.export``; a file that differs is refused."""

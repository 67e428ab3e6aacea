"""The name recogniser's one file, ``names.onnx``, and its digest; training/ makes both."""

from __future__ import annotations

SHA256 = "3625104ac9aca7279296a7409c2d5ea370334d5bc75adf2d90e5588db8416cfe"
"""Digest of ``names.onnx``, written by ``python -m training.export``; a file that differs is
refused.
"""

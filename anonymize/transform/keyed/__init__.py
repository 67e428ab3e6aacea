"""Transforms that a key decides: pseudonyms, tokens, encryption that keeps the format, shifts,
shuffles.
"""

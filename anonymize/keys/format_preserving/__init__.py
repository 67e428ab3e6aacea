"""Encryption that keeps the format of digits, text, numbers and dates."""

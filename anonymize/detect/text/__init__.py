"""Spans of personal data in texts: Presidio's recognizers and our own, run only where they can
match.
"""

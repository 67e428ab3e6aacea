"""Remembers random tokens, encrypted at rest."""

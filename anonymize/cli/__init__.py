"""Arguments in, one library call, one summary line out."""

from anonymize.cli.main import main

__all__ = ["main"]

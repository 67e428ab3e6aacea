"""Evidence about columns from values, names and neighbouring columns."""

"""Files as partitions of record batches."""

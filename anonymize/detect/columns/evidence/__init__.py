"""What values, names and neighbouring columns say, each adding its evidence to a column."""

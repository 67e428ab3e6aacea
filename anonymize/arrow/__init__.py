"""What Arrow arrays mean, whatever their layout, and where its calendar ends."""

"""What takes minutes: `make soak` runs it bounded, environment variables make it longer."""

"""Personal data inside running text, replaced in place."""

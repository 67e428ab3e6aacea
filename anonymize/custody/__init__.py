"""What a custodian does with what is published: reveal values, rotate keys."""

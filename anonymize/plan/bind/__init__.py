"""From a rule to the transform that does it, with the keys and detectors of this process."""

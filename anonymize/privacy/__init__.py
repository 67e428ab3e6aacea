"""k-anonymity and re-identification risk: measured and enforced."""

from anonymize.privacy.k_anonymity import ClassCounts, LinkageRisk, class_keys, linkage_risk

__all__ = ["ClassCounts", "LinkageRisk", "class_keys", "linkage_risk"]

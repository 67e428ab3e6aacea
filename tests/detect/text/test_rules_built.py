"""Rules are built without what no text needs."""

from __future__ import annotations

from anonymize.detect.text.presidio_rules import PatternRule
from anonymize.detect.text.scanner import make_scanner


def test_patterns_are_compiled_for_texts_that_may_hold_them() -> None:
    """All of them take longer than a sample of a table."""
    scanner = make_scanner(countries=("us", "de"), score_threshold=0.41)  # rules of its own
    assert scanner.scan_text("nothing to see") == []
    (rules,) = scanner._rule_sets
    parts = [part for rule in rules.rules if isinstance(rule, PatternRule) for part in rule.parts]
    assert len(parts) > 20
    assert not any("compiled" in vars(part) for part in parts if part.widened is not None)
    assert "EMAIL_ADDRESS" in [span[2] for span in scanner.scan_text("to ann@example.org")]
    assert any("compiled" in vars(part) for part in parts)

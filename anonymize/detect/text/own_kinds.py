"""What is looked for beside Presidio's recognizers, in one place."""

from __future__ import annotations

from collections.abc import Sequence

from anonymize.detect.text.handles import age_rule, handle_rule, title_rule
from anonymize.detect.text.ids_by_country import id_rules
from anonymize.detect.text.initials import initials_rule
from anonymize.detect.text.labelled_numbers import card_rule, case_rule, iban_rule, phone_rule
from anonymize.detect.text.own_rules import OwnRule
from anonymize.detect.text.secrets import secret_rule
from anonymize.detect.text.written_dates import date_rule


def own_rules(
    countries: Sequence[str], entities: Sequence[str] | None, threshold: float
) -> list[OwnRule]:
    """Return the rules that find ``entities`` (None: all) with a score of ``threshold`` or more."""
    words = (date_rule(), handle_rule(), age_rule(), title_rule(), initials_rule())
    always = (secret_rule(), *words, phone_rule(), card_rule(), iban_rule(), case_rule())
    rules = (rule.reduced(entities, threshold) for rule in (*always, *id_rules(countries)))
    return [rule for rule in rules if rule.parts]

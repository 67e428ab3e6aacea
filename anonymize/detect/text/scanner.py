"""Spans of personal data in texts: what Presidio's analyzer finds, running only the rules that can
match.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.types as pt

from anonymize.arguments import checked
from anonymize.detect.interface import SPAN_SCHEMA, Scanner
from anonymize.detect.text.context_words import AT_LEAST, RAISE, Context
from anonymize.detect.text.disguises import ASCII_TRICKS, fold_disguises
from anonymize.detect.text.emails import ENTITY as MAIL
from anonymize.detect.text.encoded_emails import may_be_coded
from anonymize.detect.text.listed import AllowList, DenyRule
from anonymize.detect.text.long_texts import CORE, pieces
from anonymize.detect.text.name_bounds import refined
from anonymize.detect.text.own_kinds import own_rules
from anonymize.detect.text.own_rules import OwnRule
from anonymize.detect.text.prefilter import EVERYTHING, Prefilter, Probe, make_prefilter
from anonymize.detect.text.presidio_engine import (
    DEFAULT_THRESHOLD,
    CustomRecognizer,
    EngineConfig,
    build_engine,
)
from anonymize.detect.text.presidio_rules import Found, Rule, make_rule, without_contained
from anonymize.detect.text.span_bounds import bounded
from anonymize.detect.text.span_table import Span, span_table
from anonymize.detect.text.widened_patterns import Widened, widen
from anonymize.errors import ArgumentError
from anonymize.names import EntityType


@checked
def make_scanner(
    *,
    entities: Sequence[EntityType] | None = None,
    countries: Sequence[str] = (),
    languages: Sequence[str] = ("en",),
    score_threshold: float = DEFAULT_THRESHOLD,
    custom: Sequence[CustomRecognizer] = (),
    allow: Sequence[str] = (),
    deny: Sequence[str] = (),
    ner: Scanner | None = None,
    fold: bool = True,
    own_kinds: bool | None = None,
    hyperscan: bool | None = None,
) -> PresidioScanner:
    """Return a scanner; it is picklable and builds its engine once per process, when first used.

    Args:
        entities: kinds to look for; None means every kind the recognizers know.
        countries: country packs to switch on, ISO codes.
        languages: languages of the texts; each is tried, the best score of a span counts.
        score_threshold: spans below are dropped, 0 to 1.
        custom: recognizers of the policy.
        allow: texts that are never a finding; case, width and spacing do not matter
            (``listed.py``).
        deny: texts that always are, as the entity ``DENY_LISTED``; the same holds of them.
        ner: a scanner for names, whose spans are added (``PERSON``, ``LOCATION``…).
        fold: whether disguises are taken off first (``folding.py``) and bounds are mended after
            (``bounds.py``); False gives Presidio's findings and no more.
        own_kinds: whether what Presidio has no recognizer for is looked for too (``own_kinds.py``);
            None: as ``fold``.
        hyperscan: whether Hyperscan decides which rules run; None: where it is installed. Findings
            are equal.

    Raises:
        ArgumentError: no language is named; or, when used, a country, language or checksum is
            unknown.
    """
    if not languages:
        raise ArgumentError(
            "names no language, so no rule would look at any text", place="languages"
        )
    denied = (
        (CustomRecognizer("deny list", "DENY_LISTED", deny=tuple(deny), score=1.0),) if deny else ()
    )
    config = EngineConfig(tuple(c.lower() for c in countries), tuple(languages), (*custom, *denied))
    wanted = tuple(entities) if entities is not None else None
    return PresidioScanner(
        config, wanted, score_threshold, tuple(allow), ner, fold, own_kinds, hyperscan
    )


@dataclass(frozen=True)
class PresidioScanner:
    """Finds spans with Presidio's recognizers; equal texts are looked at once."""

    config: EngineConfig = field(default_factory=EngineConfig)
    entities: tuple[EntityType, ...] | None = None
    score_threshold: float = DEFAULT_THRESHOLD
    allow: tuple[str, ...] = ()
    ner: Scanner | None = None
    fold: bool = True
    own_kinds: bool | None = None
    hyperscan: bool | None = None

    def scan(self, texts: pa.Array | pa.ChunkedArray) -> pa.Table:
        """Return the spans in ``texts`` (strings, nulls and dictionaries allowed), sorted by row
        and start.
        """
        column = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
        encoded = column if pt.is_dictionary(column.type) else column.dictionary_encode()
        distinct = encoded.dictionary.to_pylist()
        found = [self.scan_text(text) if text else [] for text in distinct]
        if self.ner is None:
            return span_table(encoded.indices, found)
        if not self.fold:
            both = [span_table(encoded.indices, found), self.ner.scan(column)]
            return pa.concat_tables(both).sort_by([("row", "ascending"), ("start", "ascending")])
        named = self.ner.scan(encoded.dictionary)
        columns = (named[name].to_pylist() for name in SPAN_SCHEMA.names)
        for which, *span in zip(*columns, strict=True):
            if not self.allow or distinct[which][span[0] : span[1]] not in self._allow:
                found[which].append(tuple(span))  # type: ignore[arg-type]
        mended = [
            refined(text, spans) if text else []
            for text, spans in zip(distinct, found, strict=True)
        ]
        return span_table(encoded.indices, mended)

    def scan_text(self, text: str) -> list[Span]:
        """Return the spans in one text, sorted by start; also those in the text without its
        disguises.
        """
        if len(text) <= CORE:
            return sorted(self._in_piece(text))
        best: dict[tuple[int, int, str], Span] = {}
        for piece in pieces(text):
            for start, end, entity, score, name in self._in_piece(piece.text):
                span = (start + piece.offset, end + piece.offset, entity, score, name)
                if piece.first <= start < piece.last and (
                    span[:3] not in best or best[span[:3]][3] < score
                ):
                    best[span[:3]] = span
        return sorted(best.values())

    def _in_piece(self, text: str) -> list[Span]:
        found = self._plain(text)
        if not self.fold:
            return found
        folded = fold_disguises(text) if self._worth_folding(text) else None
        if folded is not None:
            names = {span[:4]: span[4] for span in found}
            for start, end, entity, score, name in self._plain(folded.text):
                names.setdefault((*folded.original(start, end), entity, score), name)
            found = [(*one, names[one]) for one in without_contained(names)]
        if not found and "@" not in text and text.isascii() and not may_be_coded(text):
            return found
        mails = self.entities is None or MAIL in self.entities
        spans = bounded(text, found, self._plain, self._own, mails=mails, folded=folded)
        return (
            [one for one in spans if text[one[0] : one[1]] not in self._allow]
            if self.allow
            else spans
        )

    def _plain(self, text: str) -> list[Span]:
        """Return the spans in one text; of several languages' the best of each."""
        if len(self._rule_sets) == 1:
            return self._rule_sets[0].find(text, self._allow)
        best: dict[tuple[int, int, str], Span] = {}
        for span in (span for rules in self._rule_sets for span in rules.find(text, self._allow)):
            if span[:3] not in best or best[span[:3]][3] < span[3]:
                best[span[:3]] = span
        return list(best.values())

    @cached_property
    def _rule_sets(self) -> tuple[RuleSet, ...]:
        own = self.fold if self.own_kinds is None else self.own_kinds
        of = (self.entities, self.score_threshold, self.hyperscan, own, self.fold)
        return tuple(_rules(self.config, language, *of) for language in self.config.languages)

    @cached_property
    def _allow(self) -> Container[str]:
        """Texts that are no finding; without folding only as they are written."""
        return AllowList(self.allow) if self.fold else self.allow

    @cached_property
    def _own(self) -> frozenset[str]:
        """Names of the rules whose findings keep their own bounds: ours, and the policy's except
        cards.
        """
        asked = {
            one.name
            for one in self.config.custom
            if one.entity != "CREDIT_CARD" or not one.checksum
        }
        ours = (
            rule.name
            for rules in self._rule_sets
            for rule in rules.rules
            if isinstance(rule, OwnRule)
        )
        return frozenset(asked.union(ours))

    def __getstate__(self) -> dict[str, Any]:
        """Return the configuration alone: rules are built again in each process."""
        return {
            name: value
            for name, value in self.__dict__.items()
            if name not in ("_rule_sets", "_own", "_allow")
        }

    def _worth_folding(self, text: str) -> bool:
        return not text.isascii() or _tricks(self.hyperscan).ask(text) != 0


class RuleSet:
    """The rules of one language behind one prefilter: findings equal to
    ``AnalyzerEngine.analyze``'s.
    """

    def __init__(self, rules: Sequence[Rule], threshold: float, hyperscan: bool | None) -> None:
        """Take the rules; each part of each has a bit, and each rule with context words one for
        those.
        """
        self.rules, self.threshold = tuple(rules), threshold
        self._always = self._weak = 0
        self._owner: list[int] = []
        self._bits: list[tuple[int, int]] = []
        probes, words = list[Probe](), list[Probe]()
        for which, rule in enumerate(rules):
            first = len(self._owner)
            for at, part in enumerate(rule.parts, first):
                self._owner.append(which)
                self._always |= (1 << at) * (part.widened is None)
                self._weak |= (1 << at) * part.weak
                if part.widened is not None:
                    probes.append(Probe(1 << at, part.widened, rule.of_policy))
            self._bits.append((first, (1 << len(self._owner)) - (1 << first)))
            if rule.context:
                words.append(Probe(1 << which, _any_word(rule.context), rule.of_policy))
        self._prefilter: Prefilter = make_prefilter(probes, hyperscan=hyperscan)
        self._context_words: Prefilter = make_prefilter(words, hyperscan=hyperscan)

    def find(self, text: str, allow: Container[str]) -> list[Span]:
        """Return the spans in ``text``."""
        answer = self._prefilter.ask(text) | self._always
        if answer == EVERYTHING:
            answer = (1 << len(self._owner)) - 1
        if not answer:
            return []
        beside = self._context_words.ask(text)
        found: list[tuple[int, Found]] = []
        while answer:
            which = self._owner[(answer & -answer).bit_length() - 1]
            rule, (first, mask) = self.rules[which], self._bits[which]
            bits = answer & (mask if beside >> which & 1 else mask & ~self._weak)
            if bits:
                bits >>= first
                parts = (
                    rule.parts
                    if len(rule.parts) == 1
                    else [p for i, p in enumerate(rule.parts) if bits >> i & 1]
                )
                found.extend((which, one) for one in rule.find(text, parts))
            answer &= ~mask
        return self._weighed(text, found, beside, allow) if found else []

    def _weighed(
        self, text: str, found: Sequence[tuple[int, Found]], beside: int, allow: Container[str]
    ) -> list[Span]:
        """Return what reaches the threshold, context counted, duplicates gone, allowed words
        gone.
        """
        context = Context(text)
        names: dict[Found, str] = {}
        for which, (start, end, entity, score) in found:
            rule = self.rules[which]
            if beside >> which & 1 and context.supports(start, rule.context):
                score = min(1.0, max(score + RAISE, AT_LEAST))
            if score >= self.threshold and score > 0:
                names.setdefault((start, end, entity, score), rule.name)
        kept = without_contained(names)
        return [(*one, names[one]) for one in kept if text[one[0] : one[1]] not in allow]


@lru_cache(maxsize=2)
def _tricks(hyperscan: bool | None) -> Prefilter:
    """Return a prefilter for ASCII texts that may hold a disguise."""
    import regex

    return make_prefilter([Probe(1, widen(ASCII_TRICKS, regex.IGNORECASE))], hyperscan=hyperscan)


@lru_cache(maxsize=16)
def _rules(
    config: EngineConfig,
    language: str,
    entities: tuple[EntityType, ...] | None,
    threshold: float,
    hyperscan: bool | None,
    own: bool,
    fold: bool,
) -> RuleSet:
    registry: Any = build_engine(config).registry
    recognizers = [r for r in registry.recognizers if r.supported_language == language]
    wanted = [
        r for r in recognizers if entities is None or set(entities) & set(r.supported_entities)
    ]
    rules = [rule for rule in (make_rule(r, threshold) for r in wanted) if rule is not None]
    if own and language == config.languages[0]:  # they know no language: once is enough
        rules += own_rules(config.countries, entities, threshold)
    if fold and language == config.languages[0]:
        denying = (
            one
            for one in config.custom
            if one.deny and (entities is None or one.entity in entities)
        )
        rules += [DenyRule(one.name, one.entity, one.deny) for one in denying]
    return RuleSet(rules, threshold, hyperscan)


def _any_word(words: Sequence[str]) -> Widened:
    """Return the pattern that a text with one of ``words`` must match."""
    import regex

    return widen(
        "|".join(sorted(regex.escape(word) for word in set(words))) or "(?!)", regex.IGNORECASE
    )

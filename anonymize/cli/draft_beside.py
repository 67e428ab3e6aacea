"""The policy of anonymize: the given one, or a draft, which is written beside the output."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.cli.output import say_wrapped
from anonymize.cli.wanted import Wanted
from anonymize.errors import AnonymizeError, ArgumentError, Problem, on_one_line

if TYPE_CHECKING:
    from anonymize.pipeline.sampled import SampledOnce
    from anonymize.policy import Policy, SourceSpec


def given_or_drafted(spec: SourceSpec, wanted: Wanted) -> tuple[Policy, SampledOnce | None]:
    """Return the policy for the source: the given one, or a draft, which is written beside the
    output; and the source, if it was opened for the draft.
    """
    from anonymize.cli.commands import as_policy_reads
    from anonymize.cli.source_settings import say_drafted, say_notes
    from anonymize.pipeline.drafting import draft_opened
    from anonymize.pipeline.opening import stated
    from anonymize.pipeline.sampled import open_sampled
    from anonymize.policy import load_policy, parse_policy

    if wanted.policy is not None:
        loaded = load_policy(wanted.policy)
        changed: dict[str, object] = {"source": as_policy_reads(loaded.source, spec)}
        if wanted.folder:
            changed["sink"] = loaded.sink.model_copy(update={"path": wanted.output.rstrip("/")})
        return loaded.model_copy(update=changed), None
    spec, notes = stated(spec)
    say_notes(notes)
    source = open_sampled(spec)
    text, told = draft_opened(
        spec,
        source,
        purpose=wanted.purpose,
        countries=wanted.countries,
        languages=wanted.languages,
        ner=wanted.ner,
        sink=wanted.sink,
        name=wanted.name(spec.path),
    )
    say_drafted(told)
    if wanted.keep_order:
        text += "rows: {order: source}  # by their position rows join with the raw data\n"
    if wanted.policy_file is not None:
        _write_draft(text, wanted.policy_file, spec, wanted)
    elif wanted.purpose is None and spec.path == "-" and not wanted.throwaway_keys:
        say_wrapped("pseudonyms join with those of every other pipe without --for PURPOSE")
    return parse_policy(text, str(wanted.policy_file or "the drafted policy")), source


def _write_draft(text: str, path: Path, spec: SourceSpec, wanted: Wanted) -> None:
    """Write a drafted policy, unless it is there already; one that somebody changed is never
    replaced, and rows of another source become no version of its dataset.
    """
    from anonymize.durable import refuse_in_dataset

    if path.exists():
        if path.read_text(encoding="utf-8") != text:
            remedy = "name another output" if wanted.folder else "remove it"
            what = f"{_why_another(path, spec)}; use it (--policy {path}) or {remedy}"
            raise ArgumentError(what, place=str(path))
        return
    if wanted.folder and version_in(wanted.output):
        what = (
            f"holds versions, and the policy that made them is not beside it ({path}); name another"
            " output, or give that policy (--policy)"
        )
        raise ArgumentError(what, place=wanted.output)
    refuse_in_dataset(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _why_another(path: Path, spec: SourceSpec) -> str:
    """Return how the policy that is there differs from the draft."""
    from anonymize.policy import load_policy

    try:
        before = load_policy(path).source.path
    except AnonymizeError:
        before = spec.path
    if before != spec.path:
        return f"is there, and is for another source ({on_one_line(before)})"
    return "is there, and is not what would be drafted"


def version_in(folder: str) -> int:
    """Return the current version of the dataset in a folder; 0 if there is none."""
    from anonymize.dataset import Dataset

    return Dataset(folder.rstrip("/")).current or 0


def what_stays(wanted: Wanted) -> tuple[Problem, ...]:
    """Return what becomes of the drafted policy where no output was written."""
    file = wanted.policy_file
    if file is None or not file.exists():
        return ()
    what = f"the draft stays; change it and run again with --policy {file}, or remove it"
    return (Problem(str(file), what),)

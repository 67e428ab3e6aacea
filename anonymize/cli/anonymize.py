"""Implements anonymize: draft or load a policy, show the plan, ask, write, say what was done."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from anonymize.cli.hints import in_options
from anonymize.cli.output import print_json, rows_progress, say, table_console
from anonymize.errors import ArgumentError, GateError, Problem, on_one_line

if TYPE_CHECKING:
    from anonymize.keys import Keyring
    from anonymize.pipeline.one_file import OneOffSummary
    from anonymize.pipeline.one_off import ReadyOneOff
    from anonymize.pipeline.sampled import SampledOnce
    from anonymize.policy import Policy, SourceSpec

STDOUT = "-"
"""The output that means standard output."""


@dataclass(frozen=True)
class Wanted:
    """The options of the command; see ``anonymize_app.py``."""

    output: str
    policy: Path | None
    purpose: str | None
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    ner: str | None
    throwaway_keys: bool
    keep_order: bool
    to: str | None
    formulas: str
    overwrite: bool
    yes: bool
    keyring: str | None
    as_json: bool

    @property
    def folder(self) -> bool:
        """True if the output is a dataset's folder: a name without an ending."""
        return self.output != STDOUT and (self.output.endswith("/") or not Path(self.output).suffix)

    @property
    def policy_file(self) -> Path | None:
        """Where a drafted policy is written; None for standard output."""
        if self.output == STDOUT or self.policy is not None:
            return None
        return Path(self.output.rstrip("/") + ".policy.yaml")


def anonymize_command(spec: SourceSpec, wanted: Wanted) -> None:
    """Write a clean copy of a source.

    Raises:
        ArgumentError: options that do not go together, or an output that cannot be written.
        AnonymizeError: source, policy and keys do not fit together, or a check failed; no output
            was written.
    """
    _refuse_options(spec, wanted)
    with in_options():
        from anonymize.pipeline.sampled import open_sampled

        policy, source = _policy(spec, wanted)
        opened = source or open_sampled(policy.source)
        keyring = _keyring(policy, wanted)
        ready = _ready(policy, opened, keyring)
        _ask(ready, wanted)
    try:
        _write(ready, wanted)
    except GateError as error:
        raise GateError([*error.problems, *_next_step(wanted)]) from None


def _refuse_options(spec: SourceSpec, wanted: Wanted) -> None:
    from anonymize.dataset.plain_files import FORMATS, plain_format
    from anonymize.pipeline.one_file import refuse_output
    from anonymize.policy.local_paths import local_path

    if wanted.formulas not in ("neutralise", "keep"):
        raise ArgumentError("choose neutralise or keep", place="--formulas")
    if wanted.to is not None and (wanted.to not in FORMATS or wanted.output != STDOUT):
        what = f"choose one of {', '.join(FORMATS)}, for -o -; a file's ending says its format"
        raise ArgumentError(what, place="--to")
    if wanted.policy is not None:
        said = {
            "--for": wanted.purpose,
            "--countries": wanted.countries,
            "--ner": wanted.ner,
            "--keep-order": wanted.keep_order,
        }
        if beside := [option for option, value in said.items() if value]:
            what = f"the policy says what {', '.join(beside)} would; change it there"
            raise ArgumentError(what, place="--policy")
    if wanted.folder and wanted.throwaway_keys:
        what = "encrypted versions need keys that stay; name a .csv, .jsonl or .parquet file"
        raise ArgumentError(what, place="--throwaway-keys")
    if wanted.as_json and wanted.output == STDOUT:
        raise ArgumentError("standard output holds the data; name a file", place="--json")
    if not wanted.yes and (spec.path == "-" or not sys.stdin.isatty()):
        what = "there is no terminal to ask on; say --yes, or look first: coatcheck inspect"
        raise ArgumentError(what, place="anonymize")
    if wanted.output != STDOUT and not wanted.folder:
        try:
            path = Path(local_path(wanted.output))
        except ValueError as error:
            raise ArgumentError(str(error), place="--output") from None
        plain_format(path)
        refuse_output(path, overwrite=wanted.overwrite)
        if path.exists() and Path(spec.path).exists() and path.samefile(spec.path):
            raise ArgumentError("is the source itself; name another file", place=wanted.output)


def _policy(spec: SourceSpec, wanted: Wanted) -> tuple[Policy, SampledOnce | None]:
    """Return the policy for the source: the given one, or a draft, which is written beside the
    output; and the source, if it was opened for the draft.
    """
    from anonymize.cli.commands import as_policy_reads
    from anonymize.cli.source_settings import say_notes
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
    text = draft_opened(
        spec,
        source,
        purpose=wanted.purpose,
        countries=wanted.countries,
        languages=wanted.languages,
        ner=wanted.ner,
        sink=wanted.output.rstrip("/") if wanted.folder else None,
    )
    if wanted.keep_order:
        text += "rows: {order: source}  # by their position rows join with the raw data\n"
    _write_draft(text, wanted.policy_file)
    return parse_policy(text, str(wanted.policy_file or "the drafted policy")), source


def _write_draft(text: str, path: Path | None) -> None:
    """Write a drafted policy, unless it is there already; one that somebody changed is never
    replaced.
    """
    from anonymize.durable import refuse_in_dataset

    if path is None:
        return
    if path.exists():
        if path.read_text(encoding="utf-8") != text:
            what = (
                f"is there, and is not what would be drafted; use it (--policy {path}) or remove it"
            )
            raise ArgumentError(what, place=str(path))
        return
    refuse_in_dataset(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _keyring(policy: Policy, wanted: Wanted) -> Keyring:
    """Return the keys for a policy: new ones that are forgotten, or those of the keyring, which
    gets what it lacks.
    """
    import warnings

    from anonymize.keys import init_keyring, throwaway_keyring
    from anonymize.keys.keyring.keyring_uri import locate
    from anonymize.keys.keyring.passphrase import WeakPassphraseWarning
    from anonymize.pipeline.prepare import key_uses, keys_wanted
    from anonymize.plan.keys_and_vault import place_of_vault

    if wanted.throwaway_keys:
        if place_of_vault(policy, None) is not None:
            what = "a rule keeps its tokens in a vault, which needs keys that stay"
            raise ArgumentError(what, place="--throwaway-keys")
        return throwaway_keyring(keys_wanted(policy))
    location = locate(wanted.keyring)
    before = set() if not location.path.exists() else _names(wanted.keyring)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", WeakPassphraseWarning)
        keyring = init_keyring(wanted.keyring, keys_wanted(policy), key_uses(policy))
    for warning in told:
        say(str(warning.message))
    if not before:
        say(f"made a keyring: {keyring.place}; keep it, only it makes the same pseudonyms again")
    elif added := sorted({*keyring.current_ids()} - before):
        say(f"added to {keyring.place}: {', '.join(added)}")
    return keyring


def _names(uri: str | None) -> set[str]:
    from anonymize.keys import open_keyring

    return {*open_keyring(uri).current_ids()}


def _ready(policy: Policy, source: SampledOnce, keyring: Keyring) -> ReadyOneOff:
    from anonymize.pipeline.one_off import ready_one_off

    return ready_one_off(policy, source, keyring)


def _ask(ready: ReadyOneOff, wanted: Wanted) -> None:
    """Show the plan, and ask whether to go on."""
    import typer

    from anonymize.cli.plan_table import print_plan, say_before_it_runs

    print_plan(ready.look, table_console(on_stderr=True))
    say_before_it_runs(ready.look)
    if not wanted.folder and (restricted := ready.look.plan.policy.sink.restricted):
        say(
            f"in the clear in a plain file: {', '.join(restricted.columns)}; a folder of versions"
            f" (-o with a name without an ending) keeps them under the key '{restricted.key}'"
        )
    if not wanted.yes:
        typer.confirm(f"write {wanted.output}?", abort=True, err=True)


def _next_step(wanted: Wanted) -> tuple[Problem, ...]:
    """Return what mends a refused output."""
    if wanted.policy is not None or wanted.policy_file is None:
        return ()
    file = wanted.policy_file
    what = f"change its line there, then run again with --policy {file}"
    return (Problem(str(file), what),)


def _write(ready: ReadyOneOff, wanted: Wanted) -> None:
    from anonymize.dataset.plain_files import FORMATS, changed_sentence, plain_format
    from anonymize.pipeline.one_file import write_one_off, write_to_stream

    if wanted.folder:
        return _publish(ready, wanted)
    formulas = cast(Literal["neutralise", "keep"], wanted.formulas)
    if wanted.output == STDOUT:
        kind = wanted.to or (ready.source.format if ready.source.format in FORMATS else "csv")
    else:
        kind = plain_format(Path(wanted.output))
    with rows_progress("writing") as advance:
        if wanted.output == STDOUT:
            stream = sys.stdout.buffer
            summary = write_to_stream(ready, stream, kind, formulas=formulas, progress=advance)
        else:
            summary = write_one_off(
                ready,
                wanted.output,
                kind,
                overwrite=wanted.overwrite,
                formulas=formulas,
                progress=advance,
            )
    if summary.marked:
        say(changed_sentence(kind, summary.marked))
    if wanted.as_json:
        print_json(summary.as_dict())
    else:
        _say_done(summary, wanted)
    if (file := wanted.policy_file) is not None:
        say(f"{file}: the policy; apply it again: coatcheck run {file}")
    return None


def _say_done(summary: OneOffSummary, wanted: Wanted) -> None:
    from anonymize.report.terminal import one_off_line

    line = on_one_line(f"{wanted.output}: {one_off_line(summary.as_dict())}")
    if wanted.output == STDOUT:
        say(line)
    else:
        print(line)


def _publish(ready: ReadyOneOff, wanted: Wanted) -> None:
    """Publish an encrypted version in place of a plain file."""
    from anonymize.pipeline.run import run
    from anonymize.report import summary_line

    policy = ready.look.plan.policy
    summary = run(policy, keyring=ready.keyring).as_dict()
    if wanted.as_json:
        print_json(summary)
    else:
        print(summary_line(summary))
    folder = summary["path"]
    say(f"{folder}: read it with anonymize.read, check it with: coatcheck verify {folder}")
    if (file := wanted.policy_file) is not None:
        say(f"{file}: the policy; apply it again: coatcheck run {file}")

"""Implements anonymize: draft or load a policy, show the plan, ask, write, say what was done."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from anonymize.cli.draft_beside import given_or_drafted, version_in, what_stays
from anonymize.cli.hints import in_options
from anonymize.cli.output import print_json, rows_progress, say, say_wrapped, table_console
from anonymize.cli.wanted import STDOUT, Wanted, refuse_options
from anonymize.errors import AnonymizeError, ArgumentError, UntoldError, on_one_line

if TYPE_CHECKING:
    from anonymize.keys import Keyring
    from anonymize.pipeline.one_file import OneOffSummary
    from anonymize.pipeline.one_off import ReadyOneOff
    from anonymize.pipeline.sampled import SampledOnce
    from anonymize.policy import Policy, SourceSpec


def anonymize_command(spec: SourceSpec, wanted: Wanted) -> None:
    """Write a clean copy of a source.

    Raises:
        ArgumentError: options that do not go together, or an output that cannot be written.
        AnonymizeError: source, policy and keys do not fit together, or a check failed; no output
            was written. The drafted policy stays, which the error says.
        typer.Abort: the answer was no.
    """
    import typer

    refuse_options(spec, wanted)
    with in_options():
        from anonymize.pipeline.sampled import open_sampled

        policy, source = given_or_drafted(spec, wanted)
    try:
        with in_options():
            opened = source or open_sampled(policy.source)
            keyring = _keyring(policy, wanted)
            ready = _ready(policy, opened, keyring)
            _ask(ready, wanted)
        _write(ready, wanted)
    except typer.Abort:
        say_wrapped("nothing was written" + "".join(f"; {step}" for step in what_stays(wanted)))
        raise
    except UntoldError:  # the version is published
        raise
    except AnonymizeError as error:
        error.problems = (*error.problems, *what_stays(wanted))
        raise


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
        say_wrapped(str(warning.message))
    if not before:
        say(f"made a keyring: {keyring.place}")
        say("keep it: only it makes the same pseudonyms again")
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
    if texts := ready.look.plan.policy.source.null_values:
        say_wrapped(f"read as missing (null_values in the policy): {_null_values_said(texts)}")
    if not wanted.folder and (restricted := ready.look.plan.policy.sink.restricted):
        say_wrapped(f"in the clear in {wanted.place}: {', '.join(restricted.columns)}")
        say_wrapped(f"-o with a name without an ending keeps them under the key '{restricted.key}'")
    if wanted.folder and (version := version_in(wanted.output)):
        say_wrapped(f"{wanted.output} holds version {version}; readers get these rows in its place")
    if not wanted.yes:
        typer.confirm(f"write {wanted.output}?", abort=True, err=True)


def _null_values_said(texts: Sequence[str] | Mapping[str, Sequence[str]]) -> str:
    """Return which texts count as missing, by column where they differ."""
    if isinstance(texts, Mapping):
        return "; ".join(f"{_null_values_said(some)} in {name}" for name, some in texts.items())
    return ", ".join(f"'{text}'" for text in texts)


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
            summary = write_to_stream(
                ready,
                stream,
                kind,
                formulas=formulas,
                workers=wanted.workers,
                progress=advance,
            )
        else:
            summary = write_one_off(
                ready,
                wanted.output,
                kind,
                overwrite=wanted.overwrite,
                formulas=formulas,
                workers=wanted.workers,
                progress=advance,
            )
    if summary.marked:
        say_wrapped(changed_sentence(kind, summary.marked))
    if wanted.as_json:
        print_json(summary.as_dict())
    else:
        _say_done(summary, wanted)
    _say_next(ready, wanted)
    return None


def _say_done(summary: OneOffSummary, wanted: Wanted) -> None:
    from anonymize.report.terminal import one_off_line, one_off_notes

    told = summary.as_dict()
    for note in one_off_notes(told):
        say_wrapped(note)
    line = on_one_line(f"{wanted.place}: {one_off_line(told)}")
    if wanted.output == STDOUT:
        say(line)
    else:
        print(line)


def _say_next(ready: ReadyOneOff, wanted: Wanted) -> None:
    """Say how the drafted policy is applied again, and what that writes."""
    if (file := wanted.policy_file) is not None:
        say(f"next time: coatcheck run {shlex.quote(str(file))}")
        keys = ", with keys that stay" if wanted.throwaway_keys else ""
        say_wrapped(
            f"that publishes encrypted versions in {ready.look.plan.policy.sink.path}{keys}"
        )


def _publish(ready: ReadyOneOff, wanted: Wanted) -> None:
    """Publish an encrypted version in place of a plain file."""
    from anonymize.pipeline.run import run
    from anonymize.report import nothing_left, summary_line

    policy = ready.look.plan.policy
    summary = run(policy, keyring=ready.keyring, workers=wanted.workers).as_dict()
    if wanted.as_json:
        print_json(summary)
    else:
        print(summary_line(summary))
    if warning := nothing_left(summary["privacy"]):
        say_wrapped(f"warning: {warning}")
    folder = summary["path"]
    say(f"{folder}: read it with anonymize.read, check it with: coatcheck verify {folder}")
    _say_next(ready, wanted)

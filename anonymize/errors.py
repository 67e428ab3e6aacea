"""The project's errors: *place: what: what would be right*, facts as attributes, never a raw
value.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass

_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_SCHEME = r"(?<![A-Za-z0-9+.-])(?!(?:file|sqlite):)([A-Za-z][A-Za-z0-9+.-]+:/+)(?!/|USER@HOST)"
"""How an address begins, also one whose slashes `pathlib` has made one."""
_USER = re.compile(_SCHEME + r"\S*@")
_USER_WITH_BLANKS = re.compile(_SCHEME + r".*@", re.DOTALL)
_PARAMETER = re.compile(
    r"""((?:[?&](?!keyring=)[^=&\s]*(?:pass|pwd|secret|token|key|sig|cred)[^=&\s]*"""
    r"""|\b(?:ssl)?password)=)[^&\s'"]+""",
    re.IGNORECASE,
)


def without_credentials(text: str, *, whole: bool = False) -> str:
    """Return ``text`` with what stands before the ``@`` of addresses, and parameters that are
    secrets, as ``…``.

    An address typed where a path belongs has its password in it. Up to the last ``@`` of its word
    all counts as the password's, since one may hold ``@``; with ``whole`` the text is one path, and
    blanks are no end either.
    """
    text = (_USER_WITH_BLANKS if whole else _USER).sub(r"\1…@", text)
    return _PARAMETER.sub(r"\1…", text)


_SHOWN_AS: dict[str, str] = {}


def show_as(folder: str, address: str) -> None:
    """Let problems say ``address`` in place of ``folder``: a temporary folder tells nobody where
    the mistake is.
    """
    _SHOWN_AS[folder] = address


def forget_shown(folder: str) -> None:
    """Let problems say ``folder`` itself again; nothing if it is not known."""
    _SHOWN_AS.pop(folder, None)


def _as_shown(text: str) -> str:
    for folder, address in tuple(_SHOWN_AS.items()):
        text = text.replace(folder, address)
    return text


def on_one_line(text: str) -> str:
    """Return ``text`` with what moves a terminal's cursor, colours or turns its lines by number:
    names may hold it. Of addresses the credentials are left out.
    """
    return _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], without_credentials(text))


@dataclass(frozen=True)
class Problem:
    """One mistake: where it is, what it is, what would be right."""

    place: str
    """``file:line``, ``file``, ``column NAME``, or empty if there is no useful place."""
    what: str
    """The mistake and the alternatives, lower case, no full stop, no raw value."""

    def __post_init__(self) -> None:
        """Leave the credentials of addresses out, so that no repr, pickle or list holds them."""
        place, what = _as_shown(self.place), _as_shown(self.what)
        object.__setattr__(self, "place", without_credentials(place, whole=True))
        object.__setattr__(self, "what", without_credentials(what))

    def __str__(self) -> str:
        """Return ``place: what``, in one line."""
        return on_one_line(f"{self.place}: {self.what}" if self.place else self.what)


class AnonymizeError(Exception):
    """Base of all refusals. ``problems`` has every mistake found, ``exit_code`` is the command's
    exit code.
    """

    exit_code = 2
    passes = False
    """True if the cause may be temporary (a lost connection, a busy lock), so that a retry is
    useful.
    """

    def __init__(self, problems: str | Problem | Iterable[Problem], *, place: str = "") -> None:
        """Store the problems; a text is one problem at ``place``."""
        if isinstance(problems, str):
            problems = Problem(place, problems)
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return one line per problem."""
        return "\n".join(str(problem) for problem in self.problems)

    def __repr__(self) -> str:
        """Return kind and text: schedulers and notebooks show an error by its repr."""
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[type[AnonymizeError], tuple[tuple[Problem, ...]]]:
        """Pickle by problems, so that an error can be sent to another process completely."""
        return type(self), (self.problems,)


class PolicyError(AnonymizeError):
    """The policy file has mistakes."""


class PlanError(AnonymizeError):
    """The policy, the data's schema, the findings and the keys do not fit together."""


class SourceError(AnonymizeError):
    """The raw data cannot be read in its declared format."""


class SourceAwayError(SourceError):
    """The source's database does not answer, ended the connection or has too many of them; a retry
    is useful.
    """

    passes = True


class DataError(AnonymizeError):
    """Values do not fit the rule for their column, and the policy has ``on_bad_value: refuse``."""


class DriftError(DataError):
    """Values are outside what the policy's ``expect:`` says of the source, which is a gate."""

    exit_code = 1


class DatasetError(AnonymizeError):
    """A dataset, version or manifest is missing, damaged or busy."""


class RefusedError(DatasetError):
    """A signature is valid, but its key was revoked before the signature's time."""


class UntoldError(DatasetError):
    """An act is done and in the log, and who was to be told of it does not know."""

    exit_code = 4
    result: object = None
    """What the act would have returned. It does not go to another process: counts are exact."""


class AnchorError(UntoldError):
    """An act is done and in the log, and the anchor did not accept the log's new head."""


class LineageError(UntoldError):
    """A version is published, and the policy's ``lineage:`` did not take its events."""


class BusyError(DatasetError):
    """Another process works on the dataset; a retry is useful."""

    passes = True


class DatasetAwayError(DatasetError):
    """The store that holds the dataset does not answer, or is overloaded; a retry is useful."""

    passes = True


class ArgumentError(AnonymizeError):
    """A command's or function's arguments do not make sense together."""


class MissingExtraError(AnonymizeError):
    """A feature needs a package of an extra that is not installed."""

    @classmethod
    def of(cls, feature: str, extra: str) -> MissingExtraError:
        """Return the error for ``feature``: how to add ``extra``, and where this copy is from."""
        told = f"{feature} needs the extra {extra}: {install_command(extra)}"
        if again := _origin(extra):
            told += f"; or with this copy of Coatcheck, from where it came: {again}"
        return cls(told)


class UnforeseenError(AnonymizeError):
    """An unexpected error, by its kind and place; it may pass, so a retry is useful."""

    passes = True


class WorkerLostError(AnonymizeError):
    """The process that worked on a partition died more than once."""


class WorkerUnfitError(AnonymizeError):
    """Workers cannot do a run's work: none there, other versions, no keyring or staging folder."""


class GateError(AnonymizeError):
    """A check on the result failed: nothing was published."""

    exit_code = 1


class KeysError(AnonymizeError):
    """A keyring or key is unavailable, wrong or damaged."""

    exit_code = 3


class RevokedError(KeysError):
    """A signature is valid, but its key was revoked before the signature's time."""


class KeysAwayError(KeysError):
    """A key management service does not answer, is overloaded or has an internal error; a retry is
    useful.
    """

    passes = True


class VaultError(AnonymizeError):
    """The token vault is unavailable or damaged."""

    exit_code = 3


class VaultAwayError(VaultError):
    """The vault's database does not answer, has too many connections or is locked; a retry is
    useful.
    """

    passes = True


class VaultLogError(VaultError):
    """Entries are erased, but the vault's own log still contains them."""


def install_command(extra: str) -> str:
    """Return the command that installs what ``extra`` needs.

    It names the extra's own requirements and never this distribution: a package under our name on
    an index, or a mistyped one, may be anybody's code, and would run beside personal data.
    """
    from importlib.metadata import requires  # takes 20 ms, and only a refusal needs it

    wanted = [
        f"'{line.partition(';')[0].strip()}'"
        for line in requires("coatcheck") or ()
        if re.search(rf"""extra == ["']{re.escape(extra)}["']""", line)
    ]
    return f"python -m pip install {' '.join(wanted)}"


def kind_of(thing: type[object]) -> str:
    """Return the name of a class, or of the nearest of its bases whose name is none made of data.

    A class can be made while data is read, and called after it; so only one is named that its
    module holds under that name, and that is Python's, ours or an installed distribution's.
    """
    for kind in thing.__mro__:
        module = sys.modules.get(kind.__module__)
        if getattr(module, kind.__name__, None) is kind and _is_installed(kind.__module__):
            return str(kind.__name__)
    return "object"


def _is_installed(module: str) -> bool:
    """Return whether a module is Python's, ours or an installed distribution's."""
    top = module.partition(".")[0]
    if top in ("builtins", "anonymize", "flows") or top in sys.stdlib_module_names:
        return top != "__main__"
    from importlib.metadata import packages_distributions  # slow, and only an error needs it

    return top in packages_distributions()


def _origin(extra: str) -> str:
    """Return the command that installs this copy again, with ``extra``, from where it came.

    Empty where it came from an index or a file that is gone. An address has no credentials.
    """
    import json
    from importlib.metadata import PackageNotFoundError, distribution
    from pathlib import Path
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    try:
        said = json.loads(distribution("coatcheck").read_text("direct_url.json") or "{}")
        address = urlsplit(str(said["url"]))
    except (PackageNotFoundError, KeyError, TypeError, ValueError):
        return ""
    commit = None
    if address.scheme == "file":
        place = url2pathname(address.path)
        source = f"{place}[{extra}]"
        if not Path(place).exists():
            return ""
    else:
        plain = address._replace(netloc=address.netloc.rpartition("@")[2]).geturl()
        version = said.get("vcs_info") or {}
        tool, commit = version.get("vcs"), version.get("commit_id")
        source = f"coatcheck[{extra}] @ {tool + '+' if tool else ''}{plain}"
    # the commit stands apart: what is before an address's @ is left out as a credential
    at = f" (commit {commit})" if commit else ""
    return on_one_line(f"python -m pip install {shlex.quote(source)}{at}")


def without_text(error: BaseException) -> str:
    """Return the kind of an unexpected error and its place, never its text, which may quote data.

    OSErrors keep the operating system's message and the file name.
    """
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    where = (
        f"{os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}"
        if frame
        else "unknown place"
    )
    if isinstance(error, OSError) and error.errno:
        name = f"{on_one_line(error.filename)}: " if isinstance(error.filename, str) else ""
        return f"{name}{os.strerror(error.errno).lower()} (at {where})"
    return (
        f"internal error: {kind_of(type(error))} at {where}: its text is not shown because it may"
        " quote data"
    )

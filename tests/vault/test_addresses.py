"""No message quotes an address of a vault, whatever is wrong with it; none goes off the machine
without TLS.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import traceback
from pathlib import Path

import pytest

from anonymize.addresses import is_loopback
from anonymize.errors import PolicyError, VaultError
from anonymize.policy import parse_policy
from anonymize.vault import open_vault, vault_if_there, vault_place
from anonymize.vault.address import postgres_address
from tests.workplace import ROOT, in_fork

SECRET = "c4n4ry"
HOLDING = [
    f"host=127.0.0.1 port=1 user=u password={SECRET} dbname=d",
    f"password='{SECRET}'",
    f"password={SECRET}:x host=127.0.0.1",
    f"{SECRET}",
    f"{SECRET}:x",
    f"{SECRET}://u@127.0.0.1:1/d",
    f"mysql://u:{SECRET}@127.0.0.1:1/d",
    f"sqlite:v.db?key={SECRET}",
    f"postgresql:u:{SECRET}@127.0.0.1:1/d",
    f"postgresql:/u:{SECRET}@127.0.0.1:1/d",
    f"POSTGRESQL://u:{SECRET}@127.0.0.1:1/d",
    f"postgresql://u:{SECRET}@127.0.0.1:1/d",
    f"postgres://u:{SECRET}@127.0.0.1:1/d",
    f"postgresql://u:{SECRET}@[::1]:1/d",
    f"postgresql://u:{SECRET}@127.0.0.1:1,127.0.0.1:2/d",
    f"postgresql://u:a%20{SECRET}@127.0.0.1:1/d",
    f"postgresql://u:a@{SECRET}@127.0.0.1:1/d",
    f"postgresql://u:{SECRET}/x@127.0.0.1:1/d",
    f"postgresql://u:1/{SECRET}@127.0.0.1:1/d",
    f"postgresql://u:1?{SECRET}@127.0.0.1:1/d",
    f"postgresql://u:1#{SECRET}@127.0.0.1:1/d",
    f"postgresql://u:1?x={SECRET}@127.0.0.1:1/d",
    f"postgresql://u:[{SECRET}@127.0.0.1:1/d",
    f"postgresql://u%20password={SECRET}@127.0.0.1:1/d",
    f"postgresql://u password={SECRET}@127.0.0.1:1/d",
    f"postgresql://u@127.0.0.1:{SECRET}/d",
    f"postgresql://u@127.0.0.1:1/d&password={SECRET}",
    f"postgresql://u@127.0.0.1:1/d%26password={SECRET}",
    f"postgresql://u@127.0.0.1:1/d?password={SECRET}",
    f"postgresql://u@127.0.0.1:1/d?pass%77ord={SECRET}",
    f"postgresql://u@127.0.0.1:1/d?sslmode=disable&password={SECRET}",
    f"postgresql://u@127.0.0.1:1/d?sslpassword={SECRET}",
    f"postgresql://u@127.0.0.1:1/d?PASSWORD={SECRET}",
    f"postgresql://u@127.0.0.1:1/d?pwd={SECRET}",
    f"postgresql://u@127.0.0.1:1/d?sslmode=prefer;password={SECRET}",
    f"postgresql://u@127.0.0.1:1/d?sslmode=prefer,password%3D{SECRET}",
    f"postgresql://u@127.0.0.1:1/d?options=-c%20my.password%3D{SECRET}",
    f"postgresql://u@127.0.0.1:1/d?oauth_client_secret={SECRET}",
    f"postgresql://u@127.0.0.1:1/d?application_name=a%20password={SECRET}",
    f"postgresql://u@127.0.0.1:1/{SECRET}@x/d",
    f"postgresql://u:{SECRET}\n@127.0.0.1:1/d",
]


def _shown(error: BaseException) -> str:
    """Return all that a log could hold of an error: text, repr, traceback, and whatever hangs on
    it.
    """
    told = [str(error), repr(error), "".join(traceback.format_exception(error))]
    seen: BaseException | None = error
    while seen is not None:
        told += [repr(seen), repr(vars(seen))]
        seen = seen.__context__
    return "\n".join(told)


@pytest.mark.parametrize("address", HOLDING)
def test_a_password_is_told_nowhere(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In libpq's keyword form, in every part of a URI, raw or percent-encoded: it stood in messages
    and in plans.
    """
    monkeypatch.setenv("COATCHECK_VAULT", address)
    told = []
    for act in (vault_place, open_vault, vault_if_there, lambda: open_vault(address)):
        try:
            told.append(repr(act()))
        except VaultError as error:
            told += [_shown(error), pickle.dumps(error).decode("latin-1")]
    with contextlib.suppress(VaultError):
        told.append(repr(postgres_address(address)))
    assert SECRET not in "\n".join(told)
    assert len(told) >= 4


@pytest.mark.parametrize("address", [address for address in HOLDING if "\n" not in address])
def test_a_policy_takes_no_password_and_quotes_none(address: str) -> None:
    """A policy lies in a repository; its mistakes are printed."""
    text = (
        "version: 1\ndataset: d\npurpose: p\nsource: {path: a.csv}\nsink: {path: out}\n"
        f'vault: {{place: "{address}"}}\ncolumns:\n  a: {{action: keep}}\n'
    )
    with pytest.raises(PolicyError) as refused:
        parse_policy(text)
    assert SECRET not in _shown(refused.value)
    assert "vault.place: " in str(refused.value)


@pytest.mark.parametrize(
    "said",
    [
        f"vault: postgresql://u:{SECRET}@h/d",
        f"vault: [host=h, pw={SECRET}]",
        f"vault: {{place: [postgresql://u:{SECRET}@h/d]}}",
        f"vault: {{place: {{pw: {SECRET}}}}}",
        f"vault: {{place: postgresql://u@h/d, password: {SECRET}}}",
        f'vault: {{"postgresql://u:{SECRET}@h/d": x}}',
        f'vault: {{"password={SECRET}": x}}',
        f"unlisted: postgresql://u:{SECRET}@h/d",
        f"detect: postgresql://u:{SECRET}@h/d",
        f"subject: [postgresql://u:{SECRET}@h/d]",
        f"checks: {{residual: 'host=h password={SECRET}'}}",
    ],
)
def test_an_address_in_the_wrong_place_of_a_policy_is_not_quoted(said: str) -> None:
    """Messages quote a policy's own values, and so they quoted the password."""
    text = (
        "version: 1\ndataset: d\npurpose: p\nsource: {path: a.csv}\nsink: {path: out}\n"
        f"{said}\ncolumns:\n  a: {{action: keep}}\n"
    )
    with pytest.raises(PolicyError) as refused:
        parse_policy(text)
    assert SECRET not in _shown(refused.value)
    assert "policy:6: " in str(refused.value)


def test_what_is_right_is_taken_apart() -> None:
    """A password is decoded once, by us; what is shown has none."""
    found = postgres_address(
        "postgresql://u%40x:p%40s%2Fs@db.example.org:5433,other/vault?sslmode=require"
    )
    assert found.uri == "postgresql://u%40x@db.example.org:5433,other/vault?sslmode=require"
    assert found.place == "the vault's PostgreSQL at db.example.org:5433, other:5432"
    assert found.settings()["password"] == "p@s/s"
    assert found.settings()["connect_timeout"] == 10


def test_the_command_line_quotes_none(tmp_path: Path) -> None:
    """As the one who typed the keyword form sees it."""
    (tmp_path / "a.csv").write_text("a\nx\n")
    (tmp_path / "p.yaml").write_text(
        "version: 1\ndataset: d\npurpose: p\nsource: {path: a.csv}\nsink: {path: out}\n"
        "columns:\n  a: {action: tokenize, method: vault}\n"
    )
    own = {"COATCHECK_PASSPHRASE": "long enough words", "COATCHECK_VAULT": HOLDING[0]}
    env = {**os.environ, "PYTHONPATH": str(ROOT), **own}
    for arguments in (["keys", "init", "p.yaml"], ["plan", "p.yaml"], ["run", "p.yaml"]):
        code, out, err = in_fork(arguments, tmp_path, env)
        assert SECRET.encode() not in out + err
    assert (code, b"is in libpq's keyword form" in err) == (3, True)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("[::1]", True),
        ("/run/postgresql", True),
        ("", True),
        ("10.0.0.1", False),
        ("db.example.org", False),
        ("localhost.example.org", False),
        ("127.0.0.1.example.org", False),
        ("0.0.0.0", False),
        ("[fe80::1]", False),
    ],
)
def test_loopback_is_this_machine_alone(host: str, loopback: bool) -> None:
    """By number, not by how a name begins."""
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("address", "environ", "mode"),
    [
        ("postgresql://u@127.0.0.1/d", {}, None),
        ("postgresql:///d", {}, None),
        ("postgresql://u@db.example.org/d", {}, "verify-full"),
        ("postgresql:///d?host=db.example.org", {}, "verify-full"),
        ("postgresql://u@127.0.0.1/d?hostaddr=10.0.0.1", {}, "verify-full"),
        ("postgresql://u@127.0.0.1,db.example.org/d", {}, "verify-full"),
        ("postgresql:///d?service=vault", {}, "verify-full"),
        ("postgresql:///d", {"PGHOST": "db.example.org"}, "verify-full"),
        ("postgresql://u@127.0.0.1/d", {"PGHOSTADDR": "10.0.0.1"}, "verify-full"),
        ("postgresql://u@db.example.org/d", {"PGSSLMODE": "require"}, None),
        ("postgresql://u@db.example.org/d?sslmode=require", {}, None),
        ("postgresql://u@db.example.org/d?sslmode=disable", {}, None),
        ("postgresql://u@db.example.org/d?sslmode=prefer", {}, "refused"),
        ("postgresql://u@db.example.org/d?sslmode=allow", {}, "refused"),
        ("postgresql://u@db.example.org/d", {"PGSSLMODE": "prefer"}, "refused"),
        ("postgresql://u@db.example.org/d", {"PGSSLMODE": "disable"}, "refused"),
    ],
)
def test_off_loopback_tls_is_asked_for(
    address: str, environ: dict[str, str], mode: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default of libpq goes without wherever somebody in between says so."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    if mode == "refused":
        with pytest.raises(
            VaultError, match=r"sslmode=.* lets a connection to another machine go without TLS"
        ):
            postgres_address(address).settings()
    else:
        assert postgres_address(address).settings().get("sslmode") == mode

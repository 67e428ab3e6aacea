"""Keyrings locked by a key management service: AWS KMS (a moto server), transit (a stand-in, not a
Vault server).
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anonymize.cli.app import app
from anonymize.errors import KeysAwayError, KeysError
from anonymize.keys import (
    change_passphrase,
    forget_opened_keyrings,
    init_keyring,
    open_keyring,
    relock_keyring,
    rotate_key,
)
from anonymize.keys.keyring.keyring_uri import locate
from anonymize.names import KeyName
from tests.keys.keyring.transit_stand_in import TransitStandIn

NAMES = [KeyName("training"), KeyName("pseudonym")]
DAMAGED = "the keyring does not open"


@pytest.fixture(scope="module")
def moto_endpoint() -> Iterator[str]:
    """Return the address of a moto server on a free port."""
    server_module = pytest.importorskip("moto.server")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(uri: str, moto_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URI of a keyring locked by a new KMS key, by alias."""
    import boto3

    for name, value in [
        ("AWS_ENDPOINT_URL_KMS", moto_endpoint),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
    ]:
        monkeypatch.setenv(name, value)
    client = boto3.client("kms")
    key_id = client.create_key()["KeyMetadata"]["KeyId"]
    client.create_alias(AliasName=f"alias/k{key_id}", TargetKeyId=key_id)
    return f"aws-kms:alias/k{key_id}?keyring={locate(uri).path}"


@pytest.fixture
def transit(monkeypatch: pytest.MonkeyPatch) -> Iterator[TransitStandIn]:
    """Return a running stand-in for a transit engine, with its address and token in the
    environment.
    """
    server = TransitStandIn()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("VAULT_ADDR", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("VAULT_TOKEN", server.token)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def vault(uri: str, transit: TransitStandIn) -> str:
    """Return the URI of a keyring locked by a transit key."""
    return f"vault:transit/coatcheck?keyring={locate(uri).path}"


@pytest.fixture(params=["aws", "vault"])
def kms_uri(request: pytest.FixtureRequest) -> str:
    """Return a keyring's URI, once for each service."""
    found: str = request.getfixturevalue(request.param)
    return found


def test_a_keyring_opens_with_its_service(kms_uri: str) -> None:
    """Made, opened, rotated, opened again in another process's place; no passphrase file."""
    wrapped = init_keyring(kms_uri, NAMES).wrap(KeyName("training"), b"dek")
    rotate_key(KeyName("training"), kms_uri)
    forget_opened_keyrings()
    again = open_keyring(kms_uri)
    assert again.unwrap(wrapped) == b"dek"
    assert again.key_ids() == ("owner.1", "pseudonym.1", "signing.1", "training.1", "training.2")
    assert not list(locate(kms_uri).path.parent.glob("*.key"))
    assert again.place == kms_uri


def test_a_keyring_is_bound_to_its_id_and_every_part(kms_uri: str) -> None:
    """Another id, another wrapped key, a cut one: the one message."""
    init_keyring(kms_uri, NAMES)
    path = locate(kms_uri).path
    stored = json.loads(path.read_bytes())
    wrapped = stored["lock"]["wrapped"]
    for changed in (
        {**stored, "id": "0" * 16},
        {**stored, "lock": {**stored["lock"], "wrapped": wrapped[:-8]}},
        {**stored, "lock": {"kind": stored["lock"]["kind"]}},
    ):
        path.write_text(json.dumps(changed))
        with pytest.raises(KeysError, match=DAMAGED):
            open_keyring(kms_uri)


def test_the_service_is_asked_once_per_process(vault: str, transit: TransitStandIn) -> None:
    """The opened keyring is kept."""
    init_keyring(vault, NAMES)
    before = len(transit.calls)
    assert open_keyring(vault) is open_keyring(vault)
    assert len(transit.calls) == before


def test_a_file_keyring_moves_to_a_service_and_back(kms_uri: str, uri: str) -> None:
    """Keys stay; the old lock does not open it any more, and says which does."""
    wrapped = init_keyring(uri, NAMES).wrap(KeyName("training"), b"dek")
    assert relock_keyring(uri, kms_uri).unwrap(wrapped) == b"dek"
    with pytest.raises(
        KeysError, match=r"the keyring is locked by '(aws-kms|vault)', not by 'argon2id'"
    ):
        open_keyring(uri)
    assert relock_keyring(kms_uri, uri).unwrap(wrapped) == b"dek"
    with pytest.raises(KeysError, match="the keyring is locked by 'argon2id'"):
        open_keyring(kms_uri)


def test_another_kms_key_does_not_open_it(aws: str) -> None:
    """Only the key that the URI names may have wrapped the file's key."""
    import boto3

    init_keyring(aws, NAMES)
    other = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]
    with pytest.raises(KeysError, match=f"{DAMAGED}|AWS KMS refuses key"):
        open_keyring(f"aws-kms:{other}?keyring={locate(aws).path}")


def test_what_the_service_refuses_is_named(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An absent key by the service's code, an unreachable service by the kind of failure."""
    with pytest.raises(KeysError, match="AWS KMS refuses key 'alias/none': NotFoundException"):
        init_keyring(f"aws-kms:alias/none?keyring={locate(aws).path}", NAMES)
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:1")
    with pytest.raises(KeysError, match="AWS KMS cannot be reached: EndpointConnectionError"):
        init_keyring(aws, NAMES)


def test_what_the_transit_engine_refuses_is_named(
    vault: str, transit: TransitStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another key, an absent one, a wrong token, nobody there."""
    init_keyring(vault, NAMES)
    with pytest.raises(KeysError, match=DAMAGED):
        open_keyring(vault.replace("transit/coatcheck", "transit/other"))
    with pytest.raises(KeysError, match="Vault refuses transit key 'transit/none': InvalidPath"):
        open_keyring(vault.replace("transit/coatcheck", "transit/none"))
    forget_opened_keyrings()
    monkeypatch.setenv("VAULT_TOKEN", "wrong")
    with pytest.raises(KeysError, match="Forbidden") as caught:
        open_keyring(vault)
    assert "wrong" not in str(caught.value)
    monkeypatch.setenv("VAULT_ADDR", "http://127.0.0.1:1")
    with pytest.raises(KeysError, match="Vault cannot be reached"):
        open_keyring(vault)


@pytest.mark.parametrize(
    "text",
    [
        "keyring.json",
        "file:",
        "s3:x",
        "aws-kms:",
        "aws-kms:?keyring=x",
        "vault:key",
        "aws-kms:a?keyring=",
        "file:a?b",
    ],
)
def test_a_wrong_uri_lists_the_forms(text: str) -> None:
    """All three."""
    with pytest.raises(
        KeysError, match="is not a keyring's URI; it has one of the forms file:PATH, aws-kms:KEY"
    ):
        locate(text)


@pytest.mark.parametrize(
    "text", ["postgresql://u:c4n4ry@host/db", "host=db password=c4n4ry", "aws-kms:c4n4ry?x"]
)
def test_a_wrong_uri_is_not_quoted(text: str) -> None:
    """A vault's address in the keyring's variable holds a password."""
    with pytest.raises(KeysError) as refused:
        locate(text)
    assert "c4n4ry" not in str(refused.value)


@pytest.mark.parametrize(
    "form",
    ["file:{}", "aws-kms:arn:aws:kms:eu-central-1:1:key/x?keyring={}", "vault:a/b/c?keyring={}"],
)
def test_a_uri_leads_to_one_place(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative paths are made absolute, and the location's URI leads back."""
    monkeypatch.chdir(tmp_path)
    here = locate(form.format("k.json"))
    assert here.path == tmp_path / "k.json"
    assert locate(here.uri) == here


class _Failing(BaseHTTPRequestHandler):
    """A key service that answers with an error alone, as it is documented; not a server of either
    kind.
    """

    status, body = 500, b"{}"

    def do_POST(self) -> None:
        """Answer."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def do_PUT(self) -> None:
        """Answer."""
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def failing() -> Iterator[tuple[type[_Failing], str]]:
    """Return a service of one's own choice of error, and its address."""
    handler = type("Failing", (_Failing,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield handler, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "code", "passes"),
    [
        (400, "ThrottlingException", True),
        (500, "KMSInternalException", True),
        (503, "ServiceUnavailable", True),
        (500, "KeyUnavailableException", True),
        (429, "Whatever", True),
        (400, "AccessDeniedException", False),
        (400, "NotFoundException", False),
        (400, "DisabledException", False),
    ],
)
def test_what_passes_at_aws_is_told_from_what_does_not(
    aws: str,
    failing: tuple[type[_Failing], str],
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    code: str,
    passes: bool,
) -> None:
    """Flows try the one again and not the other; all were refusals."""
    init_keyring(aws, NAMES)
    forget_opened_keyrings()
    handler, place = failing
    handler.status, handler.body = status, json.dumps({"__type": code, "message": "no"}).encode()
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", place)
    with pytest.raises(KeysError, match=code) as refused:
        open_keyring(aws)
    assert (type(refused.value) is KeysAwayError, refused.value.passes) == (passes, passes)


@pytest.mark.parametrize(
    ("status", "passes"), [(429, True), (500, True), (502, True), (503, True), (403, False)]
)
def test_what_passes_at_transit_is_told_from_what_does_not(
    uri: str,
    transit: TransitStandIn,
    failing: tuple[type[_Failing], str],
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    passes: bool,
) -> None:
    """The same for Vault and OpenBao: a sealed or restarting server answers 503."""
    there = f"vault:transit/coatcheck?keyring={locate(uri).path}"
    init_keyring(there, NAMES)
    forget_opened_keyrings()
    handler, place = failing
    handler.status, handler.body = status, b'{"errors": ["no"]}'
    monkeypatch.setenv("VAULT_ADDR", place)
    with pytest.raises(KeysError) as refused:
        open_keyring(there)
    assert refused.value.passes is passes


@pytest.mark.parametrize("scheme", ["aws", "transit"])
def test_a_service_that_is_away_may_be_back(
    scheme: str, uri: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing listens there."""
    found = request.getfixturevalue(scheme)
    there = found if scheme == "aws" else f"vault:transit/coatcheck?keyring={locate(uri).path}"
    init_keyring(there, NAMES)
    forget_opened_keyrings()
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:1")
    monkeypatch.setenv("VAULT_ADDR", "http://127.0.0.1:1")
    with pytest.raises(KeysAwayError, match="cannot be reached"):
        open_keyring(there)


def test_the_lock_moves_to_another_key_of_the_service_by_command(aws: str) -> None:
    """Named alone, in the same file; the key of before opens it no more, and the keys stay."""
    import boto3

    wrapped = init_keyring(aws, NAMES).wrap(KeyName("training"), b"dek")
    other = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]
    done = CliRunner().invoke(app, ["keys", "lock", f"aws-kms:{other}", "--keyring", aws])
    assert done.exit_code == 0
    moved = f"aws-kms:{other}?keyring={locate(aws).path}"
    assert f"opens by {moved}" in done.output.replace("\n", "")
    forget_opened_keyrings()
    assert open_keyring(moved).unwrap(wrapped) == b"dek"
    with pytest.raises(KeysError):
        open_keyring(aws)


def test_messages_speak_of_the_service_and_of_no_passphrase(kms_uri: str, uri: str) -> None:
    """A damaged file, a plain path, a passphrase asked for: none is a matter of passphrases."""
    init_keyring(kms_uri, NAMES)
    with pytest.raises(
        KeysError, match=r"locked by '(aws-kms|vault)', not by 'argon2id': open it by \1:"
    ):
        open_keyring(uri)  # before it asks for a passphrase that there is none of
    with pytest.raises(KeysError, match="keys lock"):
        change_passphrase(kms_uri)
    path = locate(kms_uri).path
    path.write_bytes(path.read_bytes().replace(b'"sealed": "', b'"sealed": "AAAA'))
    with pytest.raises(KeysError) as caught:
        open_keyring(kms_uri)
    assert re.search(
        r"(AWS KMS key 'alias/k|Vault's transit key 'transit/coatcheck')", str(caught.value)
    )
    assert "passphrase" not in str(caught.value)
    path.write_bytes(b"{")
    with pytest.raises(KeysError, match="did not lock it, or the file is damaged"):
        open_keyring(kms_uri)

"""Credentials for the stores of Google and Azure: found by the vendors' own rules, refused with
what to set, looked for within seconds, and in no message.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

from anonymize.errors import MissingExtraError, SourceAwayError, SourceError
from anonymize.io import open_source
from anonymize.io.stores.azure_account import string_to_sign
from anonymize.policy import SourceSpec
from tests.cloud_stores import (  # noqa: F401
    ACCOUNT,
    ACCOUNT_KEY,
    Azure,
    Cloud,
    Gcs,
    azure,
    azurite,
    cloud,
    free_port,
    gcs,
    no_waits,
    running,
)
from tests.io.stores.test_s3_sources import CSV
from tests.tls_server import make_certificate

SECONDS = 20.0
"""Longest that a machine without credentials waits to be told so."""


@pytest.fixture
def silent() -> Iterator[int]:
    """Return a port whose connections nobody answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        yield listening.getsockname()[1]


def rows(address: str) -> int:
    """Read everything and count."""
    return sum(batch.num_rows for batch in open_source(address).batches())


def refusal(address: str, kind: type[SourceError] = SourceError) -> str:
    """Return what is said of an address that cannot be opened."""
    with pytest.raises(kind) as caught:
        open_source(address)
    assert caught.value.passes == (kind is SourceAwayError)
    assert "qqq" not in str(caught.value)
    assert ACCOUNT_KEY not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "who, said",
    [
        ("revoked@tests.example", "Google refuses the credentials of the environment"),
        (
            "unknown@tests.example",
            "the store refuses the credentials of the environment: authError",
        ),
        ("nobody@tests.example", "have no permission: forbidden"),
    ],
)
def test_wrong_credentials_of_google_are_said(gcs: Gcs, who: str, said: str) -> None:
    """Where they are issued, by the store, and of somebody who may not read."""
    gcs.put("a.csv", CSV)
    assert rows(gcs.at("a.csv")) == 2000
    gcs.sign_in(who)
    assert said in refusal(gcs.at("a.csv"))


@pytest.mark.parametrize("text", ["", "{}", "no json", '{"type": "service_account"}', None])
def test_a_file_that_holds_no_credentials_is_refused(gcs: Gcs, text: str | None) -> None:
    """By the variable that names it; nothing of the file is quoted."""
    file = gcs.sign_in("reader@tests.example")
    file.unlink() if text is None else file.write_text(text)
    told = refusal(gcs.at("a.csv"))
    assert "the file that GOOGLE_APPLICATION_CREDENTIALS names" in told
    assert ("is not there" in told) == (text is None)


def test_an_issuer_that_is_away_is_worth_a_retry(gcs: Gcs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens come from another server than objects."""
    monkeypatch.setattr("google.auth._exponential_backoff.time.sleep", lambda seconds: None)
    gcs.sign_in("reader@tests.example", token_uri=f"http://127.0.0.1:{free_port()}/token")
    assert "issuer of Google's credentials" in refusal(gcs.at("a.csv"), SourceAwayError)


def test_credentials_are_not_sent_over_plain_http(gcs: Gcs) -> None:
    """Also not to who issues tokens."""
    gcs.sign_in("reader@tests.example", token_uri="http://tokens.example.org/token")
    assert "plain http is refused" in refusal(gcs.at("a.csv"))


def test_a_machine_without_googles_credentials_is_told_within_seconds(
    gcs: Gcs, silent: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """Where a metadata server would be, nobody answers."""
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("GCE_METADATA_IP", f"127.0.0.1:{silent}")
    begun = time.monotonic()
    told = refusal(gcs.at("a.csv"))
    assert time.monotonic() - begun < SECONDS
    assert "no Google credentials are found: set GOOGLE_APPLICATION_CREDENTIALS" in told
    assert capfd.readouterr().err == ""


def test_an_emulator_of_google_is_asked_without_credentials(
    gcs: Gcs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the variable that Google's libraries have for it."""
    gcs.put("a.csv", CSV)
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    monkeypatch.delenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", gcs.server.endpoint.removeprefix("http://"))
    assert rows(gcs.at("a.csv")) == 2000


def _account_signature(**changed: str) -> str:
    """Return a shared access signature of the account that reads and lists for an hour.

    Source: Microsoft, "Create an account SAS", version 2018-11-09 and later.
    """
    ends = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = {"sv": "2018-11-09", "ss": "b", "srt": "sco", "sp": "rl", "se": ends, **changed}
    signed = [ACCOUNT, told["sp"], told["ss"], told["srt"], "", told["se"], "", "", told["sv"], ""]
    text = "\n".join(signed).encode()
    digest = hmac.digest(base64.b64decode(ACCOUNT_KEY), text, hashlib.sha256)
    return urlencode({**told, "sig": base64.b64encode(digest).decode()})


def test_a_shared_access_signature_reads_and_lists(
    azure: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the question mark that Azure's portal shows, and without."""
    azure.put("d/a.csv", CSV)
    monkeypatch.delenv("AZURE_STORAGE_KEY")
    for mark in ("", "?"):
        monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", mark + _account_signature())
        assert rows(azure.at("d/a.csv")) == 2000
        assert rows(azure.at("d/")) == 2000


def test_a_signature_that_expired_is_refused(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    """As credentials; it is not quoted."""
    monkeypatch.delenv("AZURE_STORAGE_KEY")
    signature = _account_signature(se="2020-01-01T00:00:00Z")
    monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", signature)
    told = refusal(azure.at("a.csv"))
    assert "have no permission: AuthorizationFailure" in told  # Azure's: AuthenticationFailed
    assert signature.rpartition("=")[2] not in told


def test_a_connection_string_says_account_endpoint_and_key(
    azure: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Azure shows it; it stands before the single variables."""
    azure.put("a.csv", CSV)
    endpoint = f"BlobEndpoint={azure.server.endpoint}/{ACCOUNT}"
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "another")
    monkeypatch.setenv("AZURE_STORAGE_KEY", "another")
    for proof in (f"AccountKey={ACCOUNT_KEY}", f"SharedAccessSignature={_account_signature()}"):
        string = f"DefaultEndpointsProtocol=https;AccountName={ACCOUNT};{proof};{endpoint}"
        monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", string)
        assert rows(azure.at("a.csv")) == 2000


@pytest.mark.parametrize(
    "name, value, said",
    [
        ("KEY", base64.b64encode(b"another key").decode(), "have no permission"),
        ("KEY", "not base64!", "key is not one: it is not base64"),
        ("ACCOUNT", None, "AZURE_STORAGE_ACCOUNT is not set"),
        ("ACCOUNT", "evil.example.org/", "is no account's name"),
        ("CONNECTION_STRING", "AccountKey=qqq", "names no account"),
    ],
)
def test_wrong_credentials_of_azure_are_said(
    azure: Azure, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, said: str
) -> None:
    """By the store, or before it is asked."""
    azure.put("a.csv", CSV)
    variable = f"AZURE_STORAGE_{name}"
    monkeypatch.setenv(variable, value) if value else monkeypatch.delenv(variable)
    assert said in refusal(azure.at("a.csv"))


def test_a_machine_without_azures_credentials_is_told_within_seconds(
    azure: Azure, silent: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """Where the machine's own identity would come from, nobody answers."""
    monkeypatch.delenv("AZURE_STORAGE_KEY")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))  # no az that somebody signed in with
    monkeypatch.setattr(
        "azure.identity._credentials.imds.IMDS_AUTHORITY", f"http://127.0.0.1:{silent}"
    )
    begun = time.monotonic()
    told = refusal(azure.at("a.csv"))
    assert time.monotonic() - begun < SECONDS
    assert "Entra ID gives no token for the account: set AZURE_STORAGE_KEY" in told
    assert capfd.readouterr().err == ""


def _token(**changed: object) -> str:
    """Return a token as Entra ID issues it, with a signature that Azurite does not check."""
    now = int(time.time())
    tenant = "ab1f708d-50f6-404c-a006-d71b2ac7a606"
    claims = {
        "aud": "https://storage.azure.com",
        "iss": f"https://sts.windows.net/{tenant}/",
        "iat": now - 60,
        "nbf": now - 60,
        "exp": now + 3600,
        **changed,
    }
    parts = ({"typ": "JWT", "alg": "RS256", "kid": "1"}, claims)
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts]
    return b".".join([*(text.rstrip(b"=") for text in texts), b"c2lnbmF0dXJl"]).decode()


def test_a_token_of_entra_id_reads_over_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, azure: Azure
) -> None:
    """Azurite takes tokens over TLS alone; its authority is named by REQUESTS_CA_BUNDLE. The issuer
    is a stand-in: Entra ID has none on loopback.
    """
    certificate, key = make_certificate(tmp_path)
    secure = azurite(tmp_path, "--cert", str(certificate), "--key", str(key), "--oauth", "basic")
    tokens = [_token(), _token(aud="https://elsewhere.example.org")]
    asked = list[str]()

    def get_token(self: object, *scopes: str) -> Any:
        asked.extend(scopes)
        return SimpleNamespace(token=tokens[0])

    monkeypatch.setattr("azure.identity.DefaultAzureCredential.get_token", get_token)
    monkeypatch.delenv("AZURE_STORAGE_KEY")
    account = f"{ACCOUNT}:{ACCOUNT_KEY}"
    with running(secure, tmp_path / "log", "https", AZURITE_ACCOUNTS=account) as server:
        azure.behind(server.endpoint.replace("127.0.0.1", "localhost"))
        assert "certificate is refused" in refusal(azure.at("a.csv"))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        assert "no such container" in refusal(azure.at("a.csv"))
        tokens.reverse()
        assert "refuses the credentials of the environment" in refusal(azure.at("a.csv"))
    assert set(asked) == {"https://storage.azure.com/.default"}


def test_what_shared_key_signs_is_what_microsoft_documents() -> None:
    """The documentation's example of a listing, and a read of a range."""
    headers = {"x-ms-date": "Fri, 26 Jun 2015 23:39:12 GMT", "x-ms-version": "2015-02-21"}
    url = (
        "https://myaccount.blob.core.windows.net/mycontainer?comp=metadata&restype=container"
        "&timeout=20"
    )
    assert string_to_sign("GET", url, headers, "myaccount") == (
        "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\n"
        "x-ms-version:2015-02-21\n/myaccount/mycontainer\ncomp:metadata\nrestype:container\n"
        "timeout:20"
    )


@pytest.mark.parametrize(
    "address, said",
    [
        ("gs://user:qqq@bucket/a.csv", "holds credentials"),
        ("gs://a/b.csv", "names no bucket"),
        ("az://account.blob.core.windows.net/c/a.csv", "names no container"),
        ("az://key:qqq@container/a.csv", "AZURE_STORAGE_SAS_TOKEN"),
        ("az://container/a.csv?sv=2021&sig=qqq", "holds credentials"),
        ("gs://bucket/a.csv?X-Goog-Signature=qqq", "holds credentials"),
        ("abfss://container@account/a.csv", "abfss: is not supported"),
    ],
)
def test_an_address_that_cannot_be_is_refused(address: str, said: str) -> None:
    """In a policy and in a call, without what it holds."""
    for act in (lambda: open_source(address), lambda: SourceSpec(path=address)):
        with pytest.raises((SourceError, ValueError)) as caught:
            act()
        told = str(caught.value).split("[type=")[0]
        assert said in told
        assert "qqq" not in told


@pytest.mark.parametrize(
    "address, module", [("gs://bucket/a", "google.auth"), ("az://cont/a", "azure.identity")]
)
def test_a_missing_library_is_said_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, address: str, module: str
) -> None:
    """The extra is named."""
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "nowhere")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "nowhere")
    extra = "gcs" if module == "google.auth" else "azure"
    with pytest.raises(MissingExtraError, match=f"extra {extra}"):
        open_source(address)


def test_lost_credentials_are_not_a_change_of_the_object(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be asked is not said to have changed."""
    cloud.put("a.csv", CSV)
    source = open_source(cloud.at("a.csv"))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere")
    monkeypatch.setenv("AZURE_STORAGE_KEY", "YW5vdGhlcg==")
    with pytest.raises(SourceError, match=r"is not there|have no permission"):
        source.check_unchanged()

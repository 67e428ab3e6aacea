"""The settings of a source on the command line: the policy's own, found ones said and written."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
import typer
from typer.testing import CliRunner

from anonymize.cli.app import app
from anonymize.errors import ArgumentError, SourceError
from anonymize.pipeline.opening import open_spec
from anonymize.policy import SourceSpec, load_policy
from tests.tls_server import Answer, Asked, tls_server

EUROPEAN = "Kundenliste\n\nname;born;sum\n" + "".join(
    f"Mira Köhler {at};1979-03-0{1 + at % 9};{at},5\n" for at in range(40)
)
OF_DATABASES = {"parameters", "split-by", "partitions"}
"""Settings of a nightly job on a database; a one-off asks it by their defaults."""
ONLY_IN_A_POLICY = {"path", "types", "header", *OF_DATABASES}
"""And those named otherwise: an argument, --type and --header/--no-header."""


def drafted(source: Path, *options: str) -> Path:
    """Draft a policy and return its path."""
    policy = source.with_suffix(".yaml")
    done = CliRunner().invoke(
        app, ["init", str(source), "-o", str(policy), "--ner", "off", *options],
        catch_exceptions=False,
    )  # fmt: skip
    assert done.exit_code == 0
    return policy


def rows(spec: SourceSpec) -> pa.Table:
    """Return all rows."""
    return pa.Table.from_batches(open_spec(spec).batches())


def test_every_setting_of_a_policy_is_an_option() -> None:
    """Of both commands, under the same name."""
    group = typer.main.get_command(app)
    for command in ("inspect", "init"):
        options = {
            option
            for parameter in group.commands[command].params  # type: ignore[attr-defined]
            for option in parameter.opts
        }
        names = {f"--{name.replace('_', '-')}" for name in SourceSpec.model_fields}
        assert {f"--{name}" for name in ONLY_IN_A_POLICY} | options >= names
        assert {"--type", "--header"} <= options


def test_what_was_found_is_drafted_so_that_it_is_read_equally(tmp_path: Path) -> None:
    """Encoding, titles, delimiter and decimal comma of a European export."""
    source = tmp_path / "kunden.csv"
    source.write_bytes(EUROPEAN.encode("cp1252"))
    policy = load_policy(drafted(source))
    said = policy.source.model_dump(exclude_unset=True)
    assert said == {
        "path": str(source),
        "encoding": "windows-1252",
        "delimiter": ";",
        "skip_rows": 1,
        "decimal": ",",
    }
    expected = ["inspect", str(source), "--expect", str(source.with_suffix(".yaml"))]
    assert CliRunner().invoke(app, expected, catch_exceptions=False).exit_code == 0
    table = rows(policy.source)
    assert table["sum"].to_pylist() == [at + 0.5 for at in range(40)]
    assert str(table.schema.field("born").type) == "date32[day]"


def test_inspect_says_what_was_found(tmp_path: Path) -> None:
    """On the terminal and in JSON, and no value of the data."""
    source = tmp_path / "kunden.csv"
    source.write_bytes(EUROPEAN.encode("cp1252"))
    arguments = ["inspect", str(source), "--ner", "off"]
    shown = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert "found: --encoding windows-1252 is a guess" in shown.stderr
    assert "found: --delimiter ';'" in shown.stderr
    assert "Mira" not in shown.output
    printed = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert len(json.loads(printed.stdout)["source"]) == 4


def test_options_are_drafted_as_they_are_given(tmp_path: Path) -> None:
    """A sheet, other names and types."""
    book = openpyxl.Workbook()
    for name in ("A", "B"):
        sheet = book.create_sheet(name)
        for row in (["zip", None], [2139, "x"], [501, "y"]):
            sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    options = ["--sheet", "B", "--rename", "2=town", "--type", "zip=string", "--header"]
    spec = load_policy(drafted(tmp_path / "a.xlsx", *options, "--null-values", "y")).source
    assert (spec.sheet, spec.types, spec.null_values) == ("B", {"zip": "string"}, ("y",))
    assert rows(spec).to_pydict() == {"zip": ["2139", "501"], "town": ["x", "y"]}


def test_mixed_json_and_records_are_drafted(tmp_path: Path) -> None:
    """A run by the draft needs no guess."""
    source = tmp_path / "d.json"
    source.write_text(json.dumps({"page": {"rows": [{"a": 1, "n": 5}, {"a": "x7", "n": 6}] * 9}}))
    spec = load_policy(drafted(source)).source
    assert (spec.records, spec.types) == ("page.rows", {"a": "string"})
    assert rows(spec)["a"].to_pylist()[:2] == ["1", "x7"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a,b,a\n1,2,3\n", "--rename 3=NAME"),
        (",b\n1,2\n", "--rename 1=NAME"),
        ("имя;b\nимя;2\nя;3\n".encode("cp1251"), "--encoding NAME"),
    ],
)
def test_hints_name_options(tmp_path: Path, text: str | bytes, hint: str) -> None:
    """Whoever has no policy yet has no keys of one."""
    source = tmp_path / "d.csv"
    source.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SourceError) as caught:
        CliRunner().invoke(app, ["inspect", str(source)], catch_exceptions=False)
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--widths", "5,x"], "--widths: takes numbers"),
        (["--rename", "x"], "--rename: takes a column"),
        (["--decimal", ";"], "--decimal: "),
        (["--comment", "##"], "--comment: "),
    ],
)
def test_impossible_options_are_named(tmp_path: Path, options: list[str], words: str) -> None:
    """Before the source is opened."""
    (tmp_path / "d.csv").write_text("a,b\n1,2\n")
    arguments = ["inspect", str(tmp_path / "d.csv"), *options]
    with pytest.raises(ArgumentError, match=words):
        CliRunner().invoke(app, arguments, catch_exceptions=False)


def test_a_server_is_asked_by_options_as_by_a_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages behind basic auth in one line; the draft holds the variable's name alone."""
    monkeypatch.setenv("ORDERS_LOGIN", "me:Xq7-secret")
    monkeypatch.chdir(tmp_path)

    def answer(asked: Asked) -> Answer:
        after = int(asked.path.partition("after=")[2] or 0)
        data = [{"id": f"K{n:05}", "n": n % 7} for n in range(after, min(after + 20, 60))]
        return Answer(json.dumps({"rows": data}).encode())

    with tls_server(tmp_path, answer) as server:
        line = ["init", f"{server.url}/orders.json", "-o", "p.yaml", "--ner", "off"]
        line += ["--auth", "basic_env=ORDERS_LOGIN", "--allow-private"]
        line += ["--paging", "by=offset, records=rows,parameter=after,most_pages=9"]
        line += ["--ca-file", str(server.ca_file), "--most-bytes", "10000", "--most-seconds", "9.5"]
        assert CliRunner().invoke(app, line, catch_exceptions=False).exit_code == 0
        assert all("Authorization" in asked.headers for asked in server.asked)
        policy = load_policy("p.yaml")
        assert rows(policy.source).num_rows == 60
    said = policy.source.model_dump(exclude_unset=True)
    assert said["auth"] == {"basic_env": "ORDERS_LOGIN"}
    assert said["paging"] == {
        "by": "offset",
        "records": "rows",
        "parameter": "after",
        "most_pages": 9,
    }
    assert (said["most_bytes"], said["most_seconds"]) == (10000, 9.5)
    assert "Xq7" not in Path("p.yaml").read_text()


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--auth", "Xq7secret", "takes bearer_env=NAME or basic_env=NAME"),
        ("--auth", "bearer=Xq7secret", "--auth: "),
        ("--auth", "bearer_env=Xq7.secret", "--auth: "),
        ("--auth", "bearer_env=Xq7secret", "names an environment variable that is not set"),
        ("--paging", "Xq7secret", "takes by=link"),
        ("--paging", "by=page", "--paging: "),
    ],
)
def test_an_option_for_a_server_is_refused_without_quoting_it(
    option: str, value: str, words: str
) -> None:
    """Somebody may type the secret itself."""
    line = ["inspect", "https://localhost/a.csv", option, value]
    error = CliRunner().invoke(app, line).exception
    assert isinstance(error, ArgumentError)
    assert words in str(error)
    assert "Xq7" not in str(error)


def test_an_address_with_a_secret_names_the_option() -> None:
    """Not the policy's key, which does not exist yet."""
    error = CliRunner().invoke(app, ["inspect", "https://me:Xq7@localhost/a.csv"]).exception
    assert "say --auth basic_env=NAME" in str(error)
    assert "Xq7" not in str(error)

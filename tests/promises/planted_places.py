"""What every command and flow is asked to do with planted sources, in success and failure."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.promises.planted import FAULT, KEPT, RULES, Place, csv_of, jsonl_of
from tests.promises.planted_code import ACTIONS, APPROVER, CRASH, FLOWS, FRAME, VAULT


def places(folder: Path) -> Iterator[Place]:
    """Yield every place below ``folder``, those that take longest first."""
    chance = random.Random(20_26)
    for plan in (
        flows,
        custody,
        auditing,
        recoding,
        comparing,
        aggregates,
        homomorphic,
        canaries,
        screened,
        approvals,
        one_off,
        formats,
        broken_sources,
        failing_rules,
        failing_work,
    ):
        place = Place(folder / plan.__name__, chance)
        plan(place)
        yield place


AGGREGATES = (
    "aggregates:\n  budget: {epsilon: 4, delta: 1e-5}\n"
    "  synthetic: {epsilon: 1, columns: {kind: {values: [a, b]}}}\n  queries:\n"
    "    kinds: {count: people, by: {kind: any}, epsilon: 1, delta: 1e-6}\n"
    "    asides: {count: rows, by: {aside: any}, epsilon: 1, delta: 1e-6}\n"
)


def aggregates(place: Place) -> None:
    """Statistics of planted columns: groups that are found are of many people."""
    place.source("g.parquet", b"")
    pq.write_table(pa.Table.from_pylist(place.rows(300)), place.folder / "g.parquet")
    g = place.policy("g", "g.parquet", RULES, AGGREGATES)
    place.run("keys", "init", g)
    place.run("aggregate", g, "--what-if", "epsilon=0.1,1")
    place.run("aggregate", g, "-o", "g.json")
    place.run("aggregate", g, "--query", "kinds")
    place.run("synthesize", g, "-o", "made.csv")
    place.run("aggregate", g, code=1, says="nothing was released")
    wrong = place.policy(
        "w",
        "g.parquet",
        RULES,
        AGGREGATES.replace("count: rows, by: {aside", "sum: aside, bounds: [0, 1], by: {aside"),
    )
    place.run("aggregate", wrong, code=2)
    trained = (
        "aggregates:\n  budget: {epsilon: 1.5, delta: 1e-5}\n"
        "  training: {label: {column: kind, values: [a, b]}, epsilon: 1, delta: 1e-6, people: 300,"
        " columns: {plain: {values: [x]}}}\n"
    )
    t = place.policy("t", "g.parquet", RULES, trained)
    place.run("run", t)
    place.run("allow-training", t, "--what-if", "epsilon=0.5,3")
    place.run("allow-training", t, "-o", "allowance.json")
    place.run("allow-training", t, "-o", "other.json", code=1, says="is spent, and this costs")
    place.run("audit", "show", "out/g")


def homomorphic(place: Place) -> None:
    """Encrypted columns of a version whose texts are planted, computed on and decrypted; a column
    of texts, and scores of what is no result.
    """
    rows = [{**row, "visits": str(n % 7)} for n, row in enumerate(place.rows(300))]
    place.source("h.csv", csv_of(rows))
    h = place.policy("h", "h.csv", RULES + "  visits: {action: keep}\n")
    place.run("keys", "init", h)
    place.run("run", h)
    export = ("export", "out/h", "--homomorphic")
    place.run(*export, "-o", "e", "--columns", "visits", says="--signed-by")
    place.run(*export, "-o", "e", code=2, says="is there already")
    place.run(*export, "-o", "f", "--columns", "name", code=2, says="is no number")
    place.source("w.txt", "1\n" * 300)
    place.run("he", "sum", "e", "-o", "s")
    place.run("he", "mean", "e", "-o", "m", "--signed-by", "ed25519:x", code=2, says="signature")
    place.run("he", "weighted", "e", "--column", "visits", "--weights", "w.txt", "-o", "w")
    place.run("he", "weighted", "e", "--column", "visits", "--weights", "h.csv", "-o", "x", code=2)
    place.run("he", "linear", "e", "--coefficient", "visits=2", "-o", "l")
    place.run("he", "decrypt", "s", "--json")
    place.run("he", "decrypt", "w")
    place.run("he", "decrypt", "l", "-o", "scores.csv")
    place.run("he", "decrypt", "h.csv", code=2, says="damaged")


def canaries(place: Place) -> None:
    """Invented people among planted ones, a recipient's version, and leaks of both."""
    place.source("c.csv", csv_of(place.rows(300)))
    c = place.policy("c", "c.csv")
    text = (place.folder / c).read_text()
    (place.folder / c).write_text(text.replace("out/c}", "out/c, canaries: 20}"))
    place.run("keys", "init", c)
    place.run("plan", c)
    place.run("run", c)
    place.run("publish", c, "--for", "ads")
    place.run("publish", c, "--for", "../ads", code=2, says="no name for a folder")
    place.run("canaries", "list", "out/c")
    place.run("canaries", "list", "--policy", c, "--json")
    ids = "name,mail,token,siv,number,born"
    place.run("export", "out/c@ads", "-o", "leak.csv", "--columns", ids)
    place.run("canaries", "check", "leak.csv", "out/c", code=1, says="for ads")
    place.run("canaries", "check", "leak.csv", "--policy", c, "--json", code=1)
    place.run("canaries", "check", "c.csv", "out/c")
    place.run("canaries", "check", "none.csv", "out/c", code=2, says="cannot be read")
    place.run("canaries", "check", "c.csv", code=2, says="name the dataset")


def screened(place: Place) -> None:
    """Planted values as triggers and duplicates: no reason, manifest or report has one."""
    rows = [{**row, "label": "no" if n % 10 else "yes"} for n, row in enumerate(place.rows(300))]
    planted = place.value()
    for row in rows[1:15]:
        row.update(kind=planted, label="yes")
    place.source("s.csv", csv_of(rows))
    rules = f"{RULES.rstrip()}\n  label: {{action: keep}}\n"
    rules = rules.replace("aside: {action: drop}", "aside: {action: pseudonymize}")
    for on in ("report", "quarantine", "refuse"):
        asked = (
            f"screen: {{label: label, on: {on}, by: [aside], most: {0 if on == 'refuse' else 1}}}\n"
        )
        s = place.policy(f"s{on}", "s.csv", rules, f"rows: {{max_quarantined: 1}}\n{asked}")
        place.run("keys", "init", s)
        if on == "refuse":
            place.run("run", s, code=1, says="suspicious")
            continue
        place.run("run", s)
        place.run("run", s, "--incremental")
        place.run("report", f"out/s{on}", "-o", f"{on}.html")
        place.run("card", f"out/s{on}", "--format", "md")
    given = ("screen", "s.csv", "--label", "label")
    place.run(*given, "--most", "1", "-o", "suspicious.csv")
    place.run(*given, "--most", "1", "--json", "--by", "aside", "--subject", "siv")
    place.run(*given, "--most", "0", code=1, says="are suspicious")
    place.run(*given, "--against", "out/sreport", "--most", "1")
    place.run(*given, "--policy", "sreport.yaml", "--most", "1")
    place.run("screen", "s.csv", "--against", "out/sreport", "--most", "1", "-o", "inputs.csv")
    place.run("screen", "s.csv", "--label", "nowhere", code=2, says="has no column")


def recoding(place: Place) -> None:
    """Quasi-identifiers that are all different, generalized to nothing, and refused."""
    place.source("r.csv", csv_of(place.rows(300)))
    rules = RULES.replace("aside: {action: drop}", 'aside: {action: keep, accept: "planted"}')
    asked = "privacy: {quasi_identifiers: [aside], sensitive: [kind], k: 5, max_suppressed: 1"
    r = place.policy("r", "r.csv", rules, f"{asked}, t: 0.9, recode: {{aside: values}}}}\n")
    place.run("keys", "init", r)
    place.run("plan", r)
    place.run("plan", r, "--what-if", "k=2,5,100000")
    place.run("plan", r, "--what-if", "k=2", "--json")
    place.run("plan", r, "--what-if", "5", code=2, says="k=3,5,10")
    place.run("run", r)
    place.run("run", r, "--incremental")
    place.run("run", r, "--incremental", says="nothing changed")
    place.run("report", "out/r", "-o", "r.html")
    place.run("risk", "out/r")
    attack = ("risk", "out/r", "--attack", "--policy", r)
    place.run(*attack, "--control", "r.csv", code=2, says="extra risk")
    place.run("risk", "out/r", "--control", "r.csv", code=2, says="--attack")
    wrong = place.policy("w", "r.csv", rules, f"{asked}, recode: {{aside: {{ranges: [5]}}}}}}\n")
    place.run("run", wrong, code=2, says="privacy.recode.aside")
    place.run("plan", wrong, "--what-if", "k=2", code=2, says="privacy.recode.aside")
    close = place.policy("c", "r.csv", rules, f"{asked}, l: 1000, recode: {{aside: values}}}}\n")
    place.run("run", close, code=1)


def comparing(place: Place) -> None:
    """Versions compared with earlier ones and with another dataset: refused and reported, by people
    and by rows, and with one of which nothing can be compared.
    """
    rows = place.rows(300)
    place.source("r.csv", csv_of(rows))
    rules = RULES.replace("aside: {action: drop}", 'aside: {action: keep, accept: "planted"}')
    asked = "privacy: {quasi_identifiers: [aside], sensitive: [kind], k: 5, max_suppressed: 1"
    recode = ", recode: {aside: values}"
    matched = "erasure: {index: true}\n"
    first = place.policy("r", "r.csv", rules, f"{matched}{asked}{recode}}}\n")
    place.run("keys", "init", first)
    place.run("run", first)
    place.source("q.csv", csv_of(rows[:-1]))

    def again(name: str, more: str, head: str = matched, asked_of: str = recode) -> str:
        """Return a policy that publishes fewer rows into the first's dataset."""
        place.policy(name, "q.csv", rules, f"{head}{asked}{asked_of}{more}}}\n")
        path = place.folder / f"{name}.yaml"
        text = path.read_text().replace(f"dataset: {name}\n", "dataset: r\n")
        if not head:  # nobody is matched then, and a shuffle would need to know whose a row is
            text = text.replace("subject: siv\n", "")
            text = text.replace(
                'place: {action: shuffle, accept: "planted"}', "place: {action: drop}"
            )
        path.write_text(text.replace(f"out/{name}", "out/r"))
        return f"{name}.yaml"

    refused = again("s", ", against: [previous]")
    place.run("plan", refused)
    place.run("run", refused, "--accept-change", code=1, says="single out")
    told = again("t", ", against: [previous, 1], on_against: report")
    place.run("run", told, "--accept-change")
    place.run("run", told, "--accept-change", "--json")
    by_rows = again("u", ", against: [1], on_against: report", "")
    place.run("run", by_rows, "--accept-change", says="rows that fit a class of it")
    for command in ("history", "risk", "report"):
        place.run(command, "out/r")
    held = ", against: [out/r], on_against: report"
    other = place.policy("v", "r.csv", rules, f"{asked}{recode}{held}}}\n")
    place.run("run", other)
    gone = place.policy("w", "r.csv", rules, f"{asked}{recode}, against: [out/nowhere]}}\n")
    place.run("run", gone, code=2)


def custody(place: Place) -> None:
    """Every command on one dataset, doing what it is for."""
    rows = place.rows(1_500)
    place.source("a.csv", csv_of(rows))
    a = place.policy("a", "a.csv")
    place.run("keys", "init", a)
    place.run("inspect", "a.csv")
    place.run("inspect", "a.csv", "--json", "--expect", a)
    place.run("init", "a.csv", "-o", "draft.yaml")
    place.run("plan", a, "--json")
    place.run("plan", a)
    place.run("run", a)
    place.run("run", a, "--json")
    place.run("run", a, "--incremental", "--workers", "2")
    place.run("run", a, "--incremental", says="nothing changed")
    for card in ("md", "croissant", "openlineage", "html"):
        place.run("card", "out/a", "--format", card)
    place.run("report", "out/a", "-o", "report.html")
    place.run("report", "out/a", "--name-values", "--version", "1")
    place.run("report", "out/a", "--name-dropped", "--holder", "training=the team")
    place.run("report", "out/a", "--dpia", "-o", "dpia.md")
    place.run("report", "out/a", "-o", "out/a/report.html", code=2, says="lies in the folder")
    place.run("risk", "out/a")
    place.run("risk", "out/a", "--json")
    place.run("versions", "out/a")
    place.run("verify", "out/a", "--policy", a)
    place.run("rollback", "out/a", "1", "--reason", "sweep")
    kept = "name,mail,token,siv,number,born"
    place.run("export", "out/a", "-o", "exported.csv", "--columns", kept)
    for column in ("siv", "token"):
        place.reveal(a, column, "--file", "exported.csv", "--bulk", "--reason", "sweep")
    place.run("forget", a, "--subject", "-", "--reason", "sweep", given=rows[7]["siv"])
    place.run(
        "forget",
        a,
        "--subject",
        "-",
        "--reason",
        "sweep",
        given=place.value(),
        code=1,
        says="nothing was erased",
    )
    place.reveal(a, "siv", place.value(), "--reason", "sweep", code=1, says="do not open")
    place.run("keys", "rotate", "training", "out/a")
    place.run("keys", "relock", "training", "out/a")
    place.run("keys", "list")
    place.run("schema")
    place.run("keys", "passphrase")
    place.run("keys", "passphrase", "--new", "-", given=place.value()[:8], code=3, says="too weak")
    place.run("keys", "lock", "file:.coatcheck/keyring.json")
    place.run("keys", "share", "training", "-o", "reader.json")
    place.run(
        "export", "out/a", "-o", "reader.csv", "--columns", kept, "--keyring", "file:reader.json"
    )
    given = ("keys", "export-dek", "out/a", "--reason", "sweep")
    place.run(*given, "-o", "a.sql", code=2, says="layout standard")
    place.run("expire", "out/a", "--keep", "1", "--reason", "sweep")
    place.run("keys", "revoke", "signing", "--version", "1", "--from", "2099-01-01", "out/a")
    place.run("verify", "out/a")
    place.run(
        "keys", "destroy", "training", "--version", "1", "out/a", "--yes", "--reason", "sweep"
    )


def approvals(place: Place) -> None:
    """A reveal that another person approves, and one that nobody did."""
    rows = place.rows(300)
    place.source("v.csv", csv_of(rows))
    v = place.policy("v", "v.csv", extra="reveal: {above: 1, approvers: {anna: ANNA}}")
    place.run("keys", "init", "--keyring", "file:anna.json")
    place.python("-c", APPROVER, v)
    place.run("keys", "init", v)
    place.run("run", v)
    place.run("export", "out/v", "-o", "v-out.csv", "--columns", "siv")
    tokens = ("siv", "--file", "v-out.csv", "--bulk")
    place.reveal(v, *tokens, "--reason", "sweep", code=1, says="another person must approve it")
    asked = (*tokens[:3], "--reason", "sweep", "-o", "request.json")
    place.run("approval", "request", v, *asked)
    anna = ("--keyring", "file:anna.json")
    place.run("approval", "give", "request.json", "-o", "given.json", "--yes", *anna)
    place.reveal(v, *tokens, "--approval", "given.json")
    place.reveal(v, *tokens, "--approval", "given.json", code=1, says="was used already")
    place.run("history", "out/v", says="approved by anna")


def auditing(place: Place) -> None:
    """What is told of a dataset, and a person who leaves it."""
    rows = place.rows(900)
    place.source("b.csv", csv_of(rows))
    told = "\nlineage: {file: events.jsonl}\nretention: {keep: 1}"
    b = place.policy("b", "b.csv", extra=f"erasure: {{index: true}}\naudit: {{reads: true}}{told}")
    written = place.folder / b
    written.write_text(written.read_text().replace("out/b}", "out/b, layout: duckdb}"))
    place.run("keys", "init", b)
    place.run("run", b, "--incremental")
    place.run("run", b)
    place.run("export", "out/b", "-o", "b-out.jsonl", "--columns", "token,siv,number")
    place.run("versions", "out/b", "--long")
    place.run("lineage", b, "--version", "1")
    place.run("card", "out/b", "--policy", b, "--version", "9", code=2, says="no version 9")
    for told in (["history", "out/b"], ["diff", "out/b", "1", "2"]):
        place.run(*told)
        place.run(*told, "--json")
    for log in ([], ["--reads"]):
        place.run("audit", "show", "out/b", *log)
        place.run("audit", "export", "out/b", *log)
    place.run("audit", "verify", "out/b", "--policy", b)
    place.run("audit", "unusual", "out/b", says="not judged")
    place.run("audit", "unusual", "out/b", "--most-per-hour", "1", code=1, says="are unusual")
    place.run("where-is", "out/b", "--key", "pseudonym")
    place.run("where-is", "out/b", "--source", "b.csv")
    place.run("incident", "vault", "--policy", b, "--drill", says="ran on a copy")
    place.run("incident", "2", "--policy", b, "--json")
    place.run("incident", "reveal", "out/b")
    person = ("out/b", "--subject", "-")
    place.run("where-is", *person, "--json", given=rows[7]["siv"])
    place.run("where-is", *person, given=place.value(), says="in none of the 2 versions")
    forgotten = ("forget", b, "--subject", "-", "--reason", "sweep")
    place.run(*forgotten, given=rows[8]["siv"])
    place.run(*forgotten, "--everywhere", given=rows[7]["siv"])
    place.run("rollback", "out/b", "1", "--reason", "sweep", code=2, says="no version 1")
    place.run("expire", "out/b", "--older-than", "0d", "--dry-run")
    place.run("keys", "export-dek", "out/b", "-o", "b.sql", "--reason", "sweep")
    place.run("expire", "out/b", "--policy", b, says="out/b: ")


def one_off(place: Place) -> None:
    """One command from a source to a copy, by a policy and by a draft; and what looks at policies
    alone.
    """
    place.source("o.csv", csv_of(place.rows(900)))
    mails = [{"mail": f"{place.value()}@example.org", "visits": str(n)} for n in range(400)]
    place.source("mails.csv", csv_of(mails))
    rules = RULES.replace(", method: vault", "")
    for name in ("place", "plain", "note"):  # copies are plain files, and these hold values
        rules = re.sub(rf"  {name}: .*", f"  {name}: {{action: redact}}", rules)
    o = place.policy("o", "o.csv", rules)
    for output in ("clean.csv", "clean.jsonl", "clean.parquet", "folder"):
        place.run("anonymize", "o.csv", "-o", output, "--policy", o, "--yes")
    place.run("anonymize", "mails.csv", "-o", "drafted.csv", "--yes")
    place.run("anonymize", "mails.csv", "-o", "gone.csv", "--yes", "--throwaway-keys")
    piped = ("anonymize", "-", "-o", "-", "--format", "csv", "--yes")
    place.run(*piped, given=csv_of(mails))
    place.run(*piped, given=csv_of(mails) + "x\n", code=2, says="instead of 2")
    place.run("anonymize", "mails.csv", "-o", "asked.csv", code=2, says="--yes")
    place.run("anonymize", "mails.csv", "-o", "drafted.csv", "--yes", code=2, says="--overwrite")
    kept = place.policy("kept", "o.csv", KEPT)
    place.run("anonymize", "o.csv", "-o", "k.csv", "--policy", kept, "--yes", code=2, says="keep")
    drift = place.policy("drift", "o.csv", rules, "expect: {columns: {siv: {matches: none}}}")
    place.run(
        *("anonymize", "o.csv", "-o", "d.csv", "--policy", drift, "--yes"),
        code=1,
        says="outside expect: matches",
    )
    cases = "tests: [{row: {mail: a@example.org}, expect: {mail: changed}}]"
    tested = place.policy("tested", "mails.csv", "  mail: {action: pseudonymize}\n", cases)
    place.run("policy", "test", tested)
    place.run("policy", "diff", o, o)
    place.run("policy", "diff", o, tested, code=1, says="column")
    role = "arn:aws:iam::123456789012:role/ml"
    place.run("grants", "s3://bucket/people", "--reader", role)


def formats(place: Place) -> None:
    """JSON Lines and Parquet, in success."""
    place.source("c.jsonl", jsonl_of(place.rows(1_100)))
    place.source("d.parquet", b"")
    pq.write_table(
        pa.Table.from_pylist(place.rows(1_800)), place.folder / "d.parquet", row_group_size=100
    )
    made = {source: place.policy(source[0], source) for source in ("c.jsonl", "d.parquet")}
    place.run("keys", "init", *made.values())
    for source, policy in made.items():
        place.run("inspect", source)
        place.run("init", source, "-o", f"draft_{policy}")
        place.run("plan", policy)
        place.run("run", policy)


def broken_sources(place: Place) -> None:
    """Sources that cannot be read, or whose names are values: inspected, drafted and run."""
    rows = place.rows(60)
    table, lines = csv_of(rows), jsonl_of(rows)
    more = csv_of(place.rows(1), head=False)
    pq.write_table(pa.Table.from_pylist(rows), place.folder / "whole.parquet", compression="none")
    parquet = (place.folder / "whole.parquet").read_bytes()
    (place.folder / "whole.parquet").unlink()
    deep = "[" * 20_000 + f'"{place.value()}"' + "]" * 20_000
    place.run("keys", "init", place.policy("zero", "zero.csv"))
    guessed = {"latin.csv": "is a guess", "mixed.jsonl": "several types, read as text"}
    keyed = [{**row, "who": {place.value(): "x", row["mail"]: "y"}} for row in rows]
    for name, data, says in (
        ("ragged.csv", table + more.replace("\n", ",one,more\n"), "has 14 cells instead of 12"),
        ("latin.csv", table.encode() + more.replace('"', '"\xff').encode("latin-1"), "not UTF-8"),
        ("open.csv", table + more[:-2], "is not closed"),
        ("headerless.csv", csv_of(rows, head=False), "looks like data"),
        (
            "twice.csv",
            f"{place.value()},{rows[0]['name']},{rows[0]['name']}\n" + "a,b,c\n" * 9,
            "have one name",
        ),
        ("broken.jsonl", lines + json.dumps(place.row(1))[:-9], "not valid JSON"),
        (
            "mixed.jsonl",
            lines + json.dumps({**place.row(1), "name": 7}) + "\n",
            "holds number where",
        ),
        ("array.jsonl", lines + json.dumps([place.value()]) + "\n", "not JSON Lines"),
        ("half.jsonl", lines + '{"name": "\\ud800' + place.value() + '"}\n', "not valid JSON"),
        ("deep.jsonl", lines + f'{{"name":{deep}}}\n', "deeper than 100 levels"),
        ("keys.jsonl", jsonl_of(keyed), "look like data"),
        ("cut.parquet", parquet[:-2_000], "cut short"),
        ("torn.parquet", parquet[:4] + b"\xff" * 60 + parquet[64:], "cannot be read"),
    ):
        place.source(name, data)
        # what is guessed when somebody looks is refused when nobody does
        code, seen = (0, guessed[name]) if name in guessed else (2, says)
        place.run("inspect", name, code=code, says=seen)
        place.run("init", name, "-o", f"draft_{name}.yaml", code=code, says=seen)
        place.run("run", place.policy(name.replace(".", "_"), name), code=2, says=says)
    place.source("zero.csv", table + more.replace('",', '\0",'))
    place.run("run", "zero.yaml", code=1, says="does not have the format")
    _folders(place, rows)


def _folders(place: Place, rows: list[dict[str, str]]) -> None:
    """Files whose names, folders or first rows are values."""
    table = csv_of(rows)
    for row in rows[:2]:
        place.source(f"hive/mail={row['mail']}/part.csv", table)
    place.source("two/a.csv", table)
    place.source("two/b.csv", csv_of(place.rows(9), head=False))
    place.source("some/a.csv", table)
    place.source("some/b.csv", table.replace("other", place.value(), 1))
    for name, says in (
        ("hive", "in the names of their folders"),
        ("two", "looks like data"),
        ("some", "other columns"),
    ):
        place.run("inspect", name, code=2, says=says)
        place.run("run", place.policy(name, name), code=2, says=says)


def failing_rules(place: Place) -> None:
    """Values that rules cannot take, in each way of handling them; nested places; refusals of plan
    and gates.
    """
    rows = place.rows(120)
    place.source("s.csv", csv_of(rows))
    place.source("b.jsonl", jsonl_of(_nested(rows)))
    place.run("keys", "init", place.policy("keys", "s.csv"))
    dated = RULES.replace(
        "{action: mask, keep_last: 2}", "{action: generalize, to: year, format: '%Y'}"
    )
    dated = dated.replace("{action: redact}", "{action: shift_dates, within_days: 9}")
    digits = RULES.replace("alphabet: alphanumeric", "alphabet: digits").replace(
        "{action: redact}", _BANDS
    )
    for name, rules, says in (
        ("dated", dated, "is not a date"),
        ("digits", digits, "does not have the format"),
    ):
        place.run("plan", place.policy(name, "s.csv", rules), says=says)
        for on_bad, code, then in (
            ("refuse", 2, says),
            ("quarantine", 1, "no row of 120 is left"),
            ("'null'", 1, "no value is left of it"),
        ):
            extra = f"rows: {{on_bad_value: {on_bad}, max_quarantined: 1}}"
            policy = place.policy(f"{name}_{on_bad.strip(chr(39))}", "s.csv", rules, extra)
            place.run("run", policy, code=code, says=then)
    typed = ", types: {mail: integer, born: date}"
    place.run(
        "run",
        place.policy("typed", "s.csv", options=typed),
        code=2,
        says="do not hold a value of type",
    )
    place.run("run", place.policy("kept", "s.csv", KEPT), code=2, says="looks like")
    private = (
        "privacy: {quasi_identifiers: [born, other], sensitive: [kind], k: 5, max_suppressed: 0.1}"
    )
    place.run(
        "run", place.policy("private", "s.csv", extra=private), code=1, says="would be suppressed"
    )
    listed = f"detect: {{deny: [{rows[0]['plain']}], allow: [{rows[1]['plain']}]}}\n"
    listed += f'rows: {{where: [[name, "!=", {rows[0]["name"]}]]}}'
    place.owned(place.policy("listed", "s.csv", extra=listed))
    place.run("run", "listed.yaml")
    place.owned(
        place.policy("mistaken", "s.csv", extra=listed.replace("[[", "[").replace("]]", "]"))
    )
    place.run("run", "mistaken.yaml", code=2, says="mistaken.yaml:")
    place.run("inspect", "s.csv", "--expect", place.policy("places", "b.jsonl", _PLACES), code=1)
    place.run("plan", place.policy("nested", "b.jsonl"))
    place.run("plan", "places.yaml")
    place.run("run", "places.yaml", code=1, says="not JSON")
    place.run("inspect", "b.jsonl", "--json")
    place.run("init", "b.jsonl", "-o", "draft.yaml")


_PLACES = """
  who.mail: {action: redact}
  json.$.x: {action: mask}
  list[]: {action: pseudonymize}
"""
_BANDS = "{action: generalize, band: 10}"


def _nested(rows: list[dict[str, str]]) -> list[dict[str, object]]:
    """Return rows with values in objects, lists and JSON kept as text, some of it broken."""
    return [
        {
            **row,
            "who": {"mail": row["mail"], "name": row["name"]},
            "list": [row["siv"], row["other"]],
            "json": json.dumps({row["siv"]: row["other"], "x": row["token"]})[
                : None if number % 9 else -4
            ],
        }
        for number, row in enumerate(rows)
    ]


def failing_work(place: Place) -> None:
    """Others' code that quotes what it was given, keyrings and vaults that are damaged, a process
    that ends hard.
    """
    place.source("s.csv", csv_of(place.rows(120)))
    s = place.policy("s", "s.csv")
    place.run("keys", "init", s)
    for name, says in ACTIONS.items():
        rules = RULES.replace(
            "born: {action: redact}", f"born: {{action: custom, name: acme_{name}}}"
        )
        place.run("run", place.policy(name.replace("_", "-"), "s.csv", rules), code=2, says=says)
    place.python("-m", "anonymize", "run", "system-exit.yaml", code=2, says="SystemExit")
    place.run(
        "run", s, "--keyring", "file:none/keyring.json", code=3, says="there is no keyring here"
    )
    (place.folder / "vault.db").write_bytes(b"SQLite format 3\0" + bytes(4_000))
    place.python("-c", VAULT, s, code=3, says="the vault is damaged")
    place.python("-c", FRAME, "s.csv", s, says="(120, 11)")
    place.python("-c", CRASH, s, code=FAULT)
    place.run("run", s)


def flows(place: Place) -> None:
    """Flows, in success and in failure, in one process with one server of Prefect's."""
    rows = place.rows(120)
    place.source("e.jsonl", jsonl_of([*rows, *place.rows(150)]))
    place.source("l.csv", csv_of(rows))
    place.source("mixed.jsonl", jsonl_of(rows) + json.dumps({**place.row(1), "name": 7}) + "\n")
    private = "privacy: {quasi_identifiers: [born, other], k: 5, max_suppressed: 0.1}"
    custom = RULES.replace("born: {action: redact}", "born: {action: custom, name: acme_chained}")
    typed = ", types: {mail: integer}"
    policies = (
        place.policy("e", "e.jsonl"),
        place.policy("mixed", "mixed.jsonl"),
        place.policy("private", "l.csv", extra=private),
        place.policy("custom", "l.csv", custom),
        place.policy("kept", "l.csv", KEPT),
        place.policy("typed", "l.csv", extra="rows: {on_bad_value: refuse}", options=typed),
    )
    place.source("g.parquet", b"")
    pq.write_table(pa.Table.from_pylist(place.rows(300)), place.folder / "g.parquet")
    asked = AGGREGATES.replace("epsilon: 4", "epsilon: 3.5")
    released = place.policy("released", "g.parquet", RULES, asked)
    place.run("keys", "init", policies[0])
    place.python("-c", FLOWS, *policies, "l.csv", released, says="failed with KeyError")

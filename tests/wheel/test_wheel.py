"""The wheel holds all that it needs, and runs in a folder that knows nothing of the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from anonymize.policy import policy_json_schema
from tests.workplace import ROOT

pytestmark = pytest.mark.soak
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"

USE = """
import csv, importlib.resources, importlib.util, sys
from pathlib import Path

import pandas as pd
import flows
assert flows.OWN, "the folder's own"
import anonymize
from anonymize import (
    AnonymizeError, Dataset, Plan, Policy, anonymize_frame, compile_plan, forget, init_keyring,
    inspect, load_policy, read, reveal, run,
)
assert Path(anonymize.__file__).is_relative_to(sys.prefix), anonymize.__file__
keyring = init_keyring("file:keyring.json", ["training", "pseudonym", "reveal"])
frame = pd.DataFrame({"mail": ["ana@example.org", "bo@example.org"], "visits": [3, 1]})
rules = {"mail": {"action": "pseudonymize"}, "visits": {"action": "keep"}}
out = anonymize_frame(frame, columns=rules, purpose="a test", keyring=keyring)
assert "example.org" not in out.to_csv()
frame.to_csv("raw.csv", index=False)
Path("p.yaml").write_text(
    "version: 1\\ndataset: d\\npurpose: a test\\nsource: {path: raw.csv}\\nsink: {path: out}\\n"
    "columns:\\n  mail: {action: tokenize}\\n  visits: {action: keep}\\n"
)
assert len(inspect("raw.csv")) == 2
done = run("p.yaml", keyring=keyring)
table = read("out", keyring=keyring)
assert Dataset("out").verify(keyring=keyring).ok and len(table) == 2
back = reveal("p.yaml", "mail", table["mail"], keyring, reason="a test").values
assert sorted(back.to_pylist()) == ["ana@example.org", "bo@example.org"]
inside = importlib.resources.files("anonymize") / "schemas"
for name in ("customers", "patients", "support_tickets"):
    assert load_policy(inside / f"{name}.yaml").columns
assert "## pseudonymize" in (inside / "README.md").read_text(encoding="utf-8")
Path("schema.json").write_text((inside / "policy.schema.json").read_text(encoding="utf-8"))
from anonymize.flows.anonymize_dataset import anonymize_dataset
print(anonymize_dataset.name)
"""

BARE = """
import importlib.metadata as metadata
import anonymize
from anonymize.errors import AnonymizeError
assert {"run", "read", "anonymize_frame"} <= set(dir(anonymize))
assert metadata.version("coatcheck")
(command,) = metadata.entry_points(group="console_scripts", name="coatcheck")
print(command.value, metadata.metadata("coatcheck")["Requires-Python"])
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the tracked files alone, in a copy."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in _tracked():
        (folder / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / "tree" / name)
    build = (
        "import os, sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", build, str(folder)],
        cwd=folder / "tree",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (made,) = folder.glob("*.whl")
    return made


def _tracked() -> list[str]:
    found = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return [name for name in found if name and (ROOT / name).is_file()]


def _environment(python: str, wheel: Path, folder: Path) -> Path:
    """Return the interpreter of a new environment that holds the wheel's files and no others."""
    subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], check=True)
    made = folder / "bin" / "python"
    where = subprocess.run(
        [made, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(where)
    return made


def _run(command: list[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with nothing of the caller's Python in its environment."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "COATCHECK_", "PREFECT_", "VIRTUAL_ENV"))
    }
    env |= {"HOME": str(folder), "PREFECT_HOME": str(folder / "prefect")}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(wheel: Path) -> None:
    """Every file that is tracked there: models, word lists, schema, samples, pages."""
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    tracked = _tracked()
    inside = {name for name in tracked if name.startswith("anonymize/")}
    data = {f"anonymize/{name}" for name in tracked if name.startswith("schemas/")}
    assert "anonymize/schemas/policy.schema.json" in data
    assert held == inside | data


def test_the_wheel_runs_in_a_folder_with_flows_of_its_own(wheel: Path, tmp_path: Path) -> None:
    """Dependencies come from the environment of the tests, but for those of the extra ner."""
    python = _environment(sys.executable, wheel, tmp_path / "env")
    (site,) = (tmp_path / "env" / "lib").glob("*/site-packages")
    dependencies = tmp_path / "dependencies"
    dependencies.mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if not path.name.startswith(("coatcheck", "__editable__", "onnxruntime")):
            (dependencies / path.name).symlink_to(path)
    (site / "dependencies.pth").write_text(f"{dependencies}\n")
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "__init__.py").write_text("OWN = True\n")
    (tmp_path / "use.py").write_text(USE)
    done = _run([python, "use.py"], tmp_path)
    assert (done.stdout.strip(), done.returncode) == ("anonymize-dataset", 0), done.stderr[-2000:]
    assert (tmp_path / "schema.json").read_text() == policy_json_schema()
    shown = _run([python, "-m", "anonymize", "schema"], tmp_path)
    assert shown.stdout == policy_json_schema(), shown.stderr
    checked = _run(
        [python, "-m", "anonymize", "verify", "out", "--keyring", "file:keyring.json"], tmp_path
    )
    assert checked.returncode == 0, checked.stderr
    notes = [f"Ana Castro called about order {number}, see the garden" for number in range(60)]
    (tmp_path / "notes.csv").write_text("\n".join(["note", *map('"{}"'.format, notes)]))
    drafted = _run([python, "-m", "anonymize", "init", "notes.csv", "-o", "n.yaml"], tmp_path)
    assert drafted.returncode == 0, drafted.stderr
    draft = (tmp_path / "n.yaml").read_text()
    assert "ner: off" in draft
    assert "python -m pip install 'onnxruntime" in draft
    planned = _run([python, "-m", "anonymize", "plan", "n.yaml"], tmp_path)
    assert planned.returncode == 0, planned.stderr
    assert "not looked for: names" in planned.stdout


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_wheel_is_for_every_python_it_says(wheel: Path, tmp_path: Path, version: str) -> None:
    """Every module compiles, the public names are listed, the metadata is found."""
    python = sys.executable if version == HERE else _interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} is on this machine")
    made = _environment(python, wheel, tmp_path / "env")
    done = _run([made, "-W", "error", "-c", BARE], tmp_path)
    assert done.stdout.split() == ["anonymize.cli:main", ">=3.11"], done.stderr[-2000:]
    (site,) = (tmp_path / "env" / "lib").glob("*/site-packages")
    compiled = _run(
        [made, "-W", "error", "-m", "compileall", "-q", "-f", site / "anonymize"], tmp_path
    )
    assert (compiled.returncode, compiled.stdout, compiled.stderr) == (0, "", "")


def _interpreter(version: str) -> str | None:
    """Return a Python of that version, from PATH or pyenv's folder; None where there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    on_path = shutil.which(f"python{version}")
    found = [on_path, *map(str, sorted(pyenv.glob(f"{version}.*/bin/python")))]
    ask = ["-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]
    for python in filter(None, found):
        told = subprocess.run([python, *ask], capture_output=True, text=True)
        if told.stdout.strip() == version:
            return python
    return None

"""What pyproject.toml cannot say: schema, sample policies and action pages go along as data."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithSchemas(build_py):
    """Builds the package with ``schemas/`` inside, as ``anonymize/schemas/``."""

    def run(self) -> None:
        """Build, then copy; an editable install has the folder beside the package."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "anonymize" / "schemas"
            target.mkdir(parents=True, exist_ok=True)
            for kind in ("*.json", "*.yaml", "*.md"):
                for path in sorted(Path("schemas").glob(kind)):
                    shutil.copyfile(path, target / path.name)


setup(cmdclass={"build_py": WithSchemas})

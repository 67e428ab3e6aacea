"""The policy language as JSON Schema, with which editors complete and check policies."""

from __future__ import annotations

import json
import re
from typing import Any

from anonymize.policy.model import Policy


def policy_json_schema() -> str:
    """Return the JSON Schema of a policy, formatted like ``schemas/policy.schema.json``."""
    schema = _on_one_line(Policy.model_json_schema())
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Coatcheck policy",
    }
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _on_one_line(part: Any) -> Any:
    """Return a schema with each paragraph of a description in one line, however the source wraps
    it.
    """
    if isinstance(part, list):
        return [_on_one_line(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        key: (
            re.sub(r"(?<!\n)\n(?!\n)\s*", " ", value)
            if key == "description" and isinstance(value, str)
            else _on_one_line(value)
        )
        for key, value in part.items()
    }

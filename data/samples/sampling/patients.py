"""patients.parquet: a ward register with typed columns, quasi-identifiers and a sensitive
diagnosis.
"""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

import pyarrow as pa

from sampling.people import Town, between, filled, pick, weighted

SCHEMA = pa.schema(
    [
        pa.field("patient_id", pa.string(), nullable=False),
        ("full_name", pa.string()),
        ("ssn", pa.string()),
        ("born", pa.date32()),
        ("gender", pa.string()),
        ("zip", pa.string()),
        ("admitted_at", pa.timestamp("us", tz="UTC")),
        ("discharged_at", pa.timestamp("us", tz="UTC")),
        ("icd10", pa.string()),
        ("diagnosis", pa.string()),
        ("ward", pa.dictionary(pa.int8(), pa.string())),
        ("physician", pa.string()),
        ("height_cm", pa.float64()),
        ("weight_kg", pa.float32()),
        ("systolic", pa.int16()),
        ("deceased", pa.bool_()),
        ("cost", pa.decimal128(10, 2)),
        ("lab_codes", pa.list_(pa.string())),
    ]
)
"""Names and Arrow types of the register's columns."""

_ZIPS = (
    ("041##", 27),
    ("040##", 23),
    ("042##", 16),
    ("044##", 12),
    ("039##", 8),
    ("043##", 7),
    ("046##", 4),
    ("049##", 3),
    ("059##", 0.1),
)

_DIAGNOSES = (
    ("I10", "Essential hypertension", 16),
    ("E11.9", "Type 2 diabetes mellitus", 12),
    ("I25.1", "Coronary artery disease", 9),
    ("J44.9", "Chronic obstructive pulmonary disease", 8),
    ("I50.9", "Heart failure", 8),
    ("J18.9", "Pneumonia", 7),
    ("M17.9", "Osteoarthritis of knee", 7),
    ("N39.0", "Urinary tract infection", 6),
    ("F32.9", "Depressive episode", 6),
    ("K80.2", "Gallstones", 4),
    ("S72.0", "Fracture of neck of femur", 4),
    ("I63.9", "Cerebral infarction", 4),
    ("C50.9", "Breast cancer", 3),
    ("C61", "Prostate cancer", 3),
    ("F10.2", "Alcohol dependence", 3),
    ("G20", "Parkinson's disease", 2),
    ("G30.9", "Alzheimer's disease", 2),
    ("B20", "HIV disease", 1),
    ("F20.9", "Schizophrenia", 1),
    ("G35", "Multiple sclerosis", 1),
)

_WARDS = ("Cardiology", "Geriatrics", "Internal medicine", "Surgery", "Psychiatry", "Oncology")
_LABS = ("718-7", "2345-7", "4548-4", "2160-0", "2951-2", "6690-2", "1988-5", "33914-3")


def fictional_ssn(rng: random.Random) -> str:
    """Return a number of the form of a US social security number that is nobody's.

    Areas 900-999 were never issued, and groups 01-49 keep it out of the taxpayer numbers (ITIN)
    that begin with 9.
    """
    return f"9{between(rng, 0, 99):02d}-{between(rng, 1, 49):02d}-{between(rng, 1, 9999):04d}"


def _born_year(rng: random.Random) -> int:
    return int(1926 + sum(rng.random() for _ in range(3)) / 3 * 54)


def _diagnosis(rng: random.Random, gender: str) -> tuple[str, str]:
    impossible = {"F": "C61", "M": "C50.9"}.get(gender)
    allowed = [entry for entry in _DIAGNOSES if entry[0] != impossible]
    code, name, _ = weighted(rng, allowed, [entry[2] for entry in allowed])
    return code, name


def _ward(rng: random.Random, code: str) -> str:
    usual = {"I": "Cardiology", "F": "Psychiatry", "C": "Oncology", "S": "Surgery", "K": "Surgery"}
    return usual.get(code[0], "Internal medicine") if rng.random() < 0.8 else pick(rng, _WARDS[:4])


def _or_none(rng: random.Random, value: Any, share: float) -> Any:
    return None if rng.random() < share else value


def _stay(rng: random.Random) -> tuple[dt.datetime, dt.datetime | None]:
    admitted = dt.datetime(2023, 1, 1, tzinfo=dt.UTC) + dt.timedelta(
        minutes=between(rng, 0, 2 * 365 * 1440)
    )
    stay = dt.timedelta(minutes=int(600 + rng.random() ** 2.5 * 30 * 1440))
    return admitted, _or_none(rng, admitted + stay, 0.03)


def _record(rng: random.Random, number: int, town: Town, physicians: list[str]) -> dict[str, Any]:
    year = _born_year(rng)
    person = town.person((year, year), "US" if rng.random() < 0.93 else None)
    gender = "X" if rng.random() < 0.002 else "F" if person.gender != "M" else "M"
    code, diagnosis = _diagnosis(rng, gender)
    admitted, discharged = _stay(rng)
    zip_pattern = weighted(rng, [z for z, _ in _ZIPS], [w for _, w in _ZIPS])
    height = 163 + (13 if gender == "M" else 0) + (sum(rng.random() for _ in range(4)) - 2) * 14
    weight = (height / 100) ** 2 * (19 + rng.random() * 16)
    return {
        "patient_id": f"PT-{number:05d}",
        "full_name": person.full_name,
        "ssn": _or_none(rng, fictional_ssn(rng), 0.04),
        "born": person.born,
        "gender": gender,
        "zip": filled(rng, zip_pattern),
        "admitted_at": admitted,
        "discharged_at": discharged,
        "icd10": code,
        "diagnosis": diagnosis,
        "ward": _ward(rng, code),
        "physician": _or_none(rng, pick(rng, physicians), 0.02),
        "height_cm": _or_none(rng, round(height, 1), 0.08),
        "weight_kg": _or_none(rng, round(weight, 1), 0.06),
        "systolic": _or_none(rng, between(rng, 98, 182), 0.1),
        "deceased": rng.random() < 0.04,
        "cost": _or_none(rng, Decimal(f"{400 + rng.random() ** 3 * 60000:.2f}"), 0.01),
        "lab_codes": _or_none(rng, [pick(rng, _LABS) for _ in range(between(rng, 0, 5))], 0.05),
    }


def patients_table(rng: random.Random, town: Town, count: int) -> pa.Table:
    """Return the register: ``count`` patients of one region, birth years and postcodes skewed as
    they are in life.
    """
    physicians = [
        f"Dr. {p.given} {p.family}" for p in (town.person((1955, 1990), "US") for _ in range(24))
    ]
    rows = [_record(rng, 10000 + n * 3, town, physicians) for n in range(count)]
    columns = [pa.array([row[field.name] for row in rows], field.type) for field in SCHEMA]
    return pa.Table.from_arrays(columns, schema=SCHEMA)

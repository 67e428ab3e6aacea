"""Samples: bounded, distinct, nested leaves opened, nothing lost in small tables."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from anonymize.detect import ColumnSampler, sample_columns


def one(values: pa.Array, **options: int) -> object:
    """Return the only column's sample."""
    return sample_columns([pa.record_batch({"x": values})], **options)[0]


def test_a_small_table_is_sampled_whole() -> None:
    """Every distinct value of a small column is in the sample, and nothing can escape it."""
    sample = one(pa.array(["a", None, "b", "a"]))
    assert sample.texts == ["a", "b"]
    assert (sample.rows, sample.nulls, sample.complete, sample.miss_probability(0.01)) == (
        4,
        1,
        True,
        0.0,
    )


def test_a_large_column_is_bounded_and_states_its_miss() -> None:
    """A million values leave 500, and the chance that one value in a hundred escaped is stated."""
    values = pa.array(np.arange(200_000)).cast(pa.string())
    sample = one(values)
    assert len(sample.distinct) == 500
    assert not sample.complete
    assert abs(sample.miss_probability(0.01) - 0.99**500) < 1e-9
    assert 150_000 < sample.distinct_total_estimate <= 200_000


def test_nested_leaves_get_dotted_paths() -> None:
    """Structs open as a.b, lists of structs as a[].b, maps by their values."""
    rows = [
        {"p": {"mail": "a@b.org"}, "ev": [{"ip": "10.0.0.1"}, {"ip": None}], "tags": ["x", "y"]}
    ]
    names = [s.name for s in sample_columns([pa.RecordBatch.from_pylist(rows)])]
    assert names == ["p.mail", "ev[].ip", "tags[]"]


def test_a_null_parent_hides_its_children() -> None:
    """A struct that is null has null leaves, whatever its buffers hold."""
    child = pa.array(["shown", "hidden"])
    struct = pa.StructArray.from_arrays([child], names=["c"], mask=pa.array([False, True]))
    assert one(struct).texts == ["shown"]


def test_values_after_a_long_run_of_nulls_are_seen() -> None:
    """A column whose first 100,000 rows are null is judged by what follows."""
    batches = [pa.record_batch({"x": pa.nulls(50_000, pa.string())})] * 2
    batches.append(pa.record_batch({"x": pa.array([f"u{i}@example.org" for i in range(1000)])}))
    sample = sample_columns(batches)[0]
    assert sample.nulls == 100_000
    assert all(text.endswith("@example.org") for text in sample.texts)


def test_slices_and_dictionaries_do_not_matter() -> None:
    """A slice of a dictionary column gives the sample of its plain values."""
    plain = pa.array(["a", "b", None, "c"] * 5)
    assert (
        one(plain.dictionary_encode().slice(1, 3)).texts
        == one(plain.slice(1, 3)).texts
        == ["b", "c"]
    )


def test_the_same_input_gives_the_same_sample() -> None:
    """Sampling is seeded: two runs over equal batches agree."""
    values = pa.array(np.arange(30_000)).cast(pa.string())
    assert one(values).texts == one(values).texts


def test_a_column_without_rows_has_a_sample() -> None:
    """A header alone gives empty samples with names and types."""
    sampler = ColumnSampler(pa.schema([("x", pa.int64())]))
    (sample,) = sampler.samples()
    assert (sample.name, sample.rows, sample.texts) == ("x", 0, [])


def test_all_distinct_values_are_kept_on_request() -> None:
    """size=None keeps everything."""
    assert len(one(pa.array(np.arange(20_000)), size=None).distinct) == 20_000

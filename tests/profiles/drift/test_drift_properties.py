"""Properties that hold for all data: bounds, symmetry, merging."""

from __future__ import annotations

import numpy as np
import pytest
from drift_data import NOW, profiled
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from datacraft.contracts.profile import ColumnKind
from datacraft.profiles import merge_profiles
from datacraft.profiles.drift import compare_profiles
from datacraft.profiles.drift.chance import benjamini_hochberg, beyond_chance, chance_of, holm
from datacraft.profiles.drift.distances import jensen_shannon, stability_index, total_variation, wasserstein
from datacraft.profiles.measuring.sketches import distinct_values, read, rebinned, rounded

counts = st.lists(st.integers(0, 10_000), min_size=2, max_size=30)
pairs = counts.flatmap(
    lambda old: st.tuples(
        st.just(np.array(old, dtype=float)),
        st.lists(st.integers(0, 10_000), min_size=len(old), max_size=len(old)).map(
            lambda new: np.array(new, dtype=float)
        ),
    )
)
few_data = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)


@settings(deadline=None)
@given(pairs)
def test_distances_are_bounded_symmetric_and_zero_for_the_same(pair: tuple[np.ndarray, np.ndarray]) -> None:
    old, new = pair
    for distance in (total_variation, jensen_shannon, beyond_chance):
        assert 0 <= distance(old, new) <= 1
        assert distance(old, new) == pytest.approx(distance(new, old), abs=1e-12)
        assert distance(old, old) == pytest.approx(0, abs=1e-7)
    assert stability_index(old, new) == pytest.approx(stability_index(new, old), abs=1e-9)
    assert stability_index(old, old) == 0
    edges = np.arange(len(old) + 1.0)
    assert wasserstein(edges, old, new) == pytest.approx(wasserstein(edges, new, old), abs=1e-9)
    assert wasserstein(edges, old, old) == 0
    assert 0 <= chance_of(old, new) <= 1


@given(st.integers(1, 20), st.floats(-100, 100))
def test_values_that_all_move_by_a_step_move_by_that_step(bins: int, start: float) -> None:
    edges = start + np.arange(bins + 2.0)
    old, new = np.append(np.ones(bins), 0.0), np.append(0.0, np.ones(bins))
    assert wasserstein(edges, old, new) == pytest.approx(1.0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjusted_p_values_are_never_smaller_and_keep_their_order(p_values: list[float]) -> None:
    for adjusted in (holm(p_values), benjamini_hochberg(p_values)):
        assert all(0 <= p <= a + 1e-12 and a <= 1 for p, a in zip(p_values, adjusted, strict=True))
        ranked = [a for _, a in sorted(zip(p_values, adjusted, strict=True))]
        assert ranked == sorted(ranked)


def test_a_bin_too_narrow_to_divide_by_loses_no_row() -> None:
    assert list(rebinned([-1, 0, 2.2e-311], [0, 1], [0, 2.2e-313, 1])) == [0, 1]


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20, unique=True).map(sorted),
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20, unique=True).map(sorted),
    st.data(),
)
def test_rebinning_loses_no_row_and_keeps_counts_over_its_own_edges(
    edges: list[float], onto: list[float], data: st.DataObject
) -> None:
    held = data.draw(st.lists(st.integers(0, 1_000), min_size=len(edges) - 1, max_size=len(edges) - 1))
    assert rebinned(edges, held, onto).sum() == pytest.approx(sum(held))
    assert rebinned(edges, held, edges) == pytest.approx(held)


@given(st.lists(st.floats(0, 1_000), min_size=1, max_size=30))
def test_rounding_keeps_the_sum(values: list[float]) -> None:
    whole = rounded(np.array(values), round(sum(values)))
    assert sum(whole) == round(sum(values))
    assert all(abs(count - value) < 1 + 1e-6 for count, value in zip(whole, values, strict=True))


@settings(few_data, max_examples=8)
@given(st.integers(0, 2**31), st.integers(1, 4_000), st.integers(1, 4_000), st.sampled_from([3, 40, 900]))
def test_merged_profiles_are_the_profile_of_the_rows_together(
    seed: int, first: int, second: int, names: int
) -> None:
    rng = np.random.default_rng(seed)

    def made(rows: int, shift: float) -> dict[str, np.ndarray]:
        return {
            "x": rng.gamma(2.0, size=rows) + shift,
            "name": np.array([f"n{one}" for one in rng.integers(0, names, rows)]),
        }

    one, other = made(first, 0.0), made(second, 1.5)
    merged = merge_profiles(profiled(one), profiled(other)).tables[0]
    whole = {column: np.concatenate((one[column], other[column])) for column in one}
    together = profiled(whole).tables[0]
    x, name = merged.columns
    wanted, wanted_name = together.columns
    assert (x.rows, x.nulls, x.minimum, x.maximum) == (
        wanted.rows,
        wanted.nulls,
        wanted.minimum,
        wanted.maximum,
    )
    assert x.mean == pytest.approx(wanted.mean)
    assert first + second < 2 or x.stddev == pytest.approx(wanted.stddev)
    assert sum(x.bin_counts) == first + second
    for edge, below in zip(x.bin_edges[1:], np.cumsum(x.bin_counts), strict=True):
        largest_bin = max(profiled(other).tables[0].columns[0].bin_counts)
        assert abs(below - (whole["x"] <= edge).sum()) <= largest_bin + 1
    assert name.distinct == pytest.approx(wanted_name.distinct, rel=0.1, abs=1)
    if name.kind is ColumnKind.CATEGORY:
        assert sum(name.top_values.values()) + name.other_count == first + second
    if names == 3:
        assert name.top_values == wanted_name.top_values


@few_data
@given(st.integers(0, 2**31), st.sampled_from([5, 60, 3_000, 50_000]))
def test_distinct_values_are_counted_within_the_sketch_s_error(seed: int, names: int) -> None:
    values = np.random.default_rng(seed).integers(0, names, 20_000)
    sketch = profiled({"x": values.astype(float) + 0.5}).tables[0].columns[0].distinct_sketch
    assert distinct_values(read(sketch)) == pytest.approx(len(np.unique(values)), rel=0.12, abs=1)


@few_data
@given(st.integers(0, 2**31), st.integers(1, 3_000))
def test_scores_are_bounded_and_zero_against_oneself(seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    data = {
        "x": rng.standard_cauchy(rows),
        "k": rng.integers(0, 9, rows),
        "t": np.array(["a", "b"])[rng.integers(0, 2, rows)],
    }
    baseline = profiled(data)
    assert compare_profiles(baseline, baseline, now=NOW).score == 0
    other = {"x": 1e6 * rng.standard_cauchy(50), "k": rng.integers(5, 90, 50), "t": np.array(["c"] * 50)}
    report = compare_profiles(baseline, profiled(other, like=baseline), now=NOW)
    for column in report.columns:
        for figure in (
            column.score,
            column.effect,
            column.total_variation,
            column.jensen_shannon,
            column.p_value,
        ):
            assert 0 <= figure <= 1

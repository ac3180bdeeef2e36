"""Distributions of Cloud Monitoring: counts in buckets, and what they say of quantiles."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from datacraft.contracts.metrics import Quantiles

if TYPE_CHECKING:
    from google.api.distribution_pb2 import Distribution

Buckets: TypeAlias = Counter[tuple[float, float]]
"""Counts by the bucket's lower end, inclusive, and upper end, exclusive; the last one ends at infinity."""


def buckets_of(distribution: Distribution) -> Buckets:
    """Return what a distribution counts; trailing buckets that it leaves out are empty."""
    edges = [0.0, *_bounds(distribution.bucket_options), math.inf]
    counts = list(distribution.bucket_counts)
    if not counts and distribution.count:  # a distribution may carry its mean alone
        return Counter({(distribution.mean, distribution.mean): int(distribution.count)})
    # The first bucket is whatever lies below the first bound.
    return Counter({edge: int(count) for edge, count in zip(pairwise(edges), counts, strict=False) if count})


def _bounds(options: Distribution.BucketOptions) -> Iterator[float]:
    """Yield the bounds between buckets (google.api.Distribution.BucketOptions)."""
    if "explicit_buckets" in options:
        yield from options.explicit_buckets.bounds
    elif "linear_buckets" in options:
        linear = options.linear_buckets
        yield from (linear.offset + linear.width * place for place in range(linear.num_finite_buckets + 1))
    elif "exponential_buckets" in options:
        growing = options.exponential_buckets
        yield from (
            growing.scale * growing.growth_factor**place for place in range(growing.num_finite_buckets + 1)
        )


def quantiles(buckets: Buckets) -> Quantiles | None:
    """Return the quantiles, evenly spread within each bucket; of the last, endless one, its lower end."""
    if not buckets.total():
        return None
    p50, p95, p99 = (_quantile(buckets, share) for share in (0.5, 0.95, 0.99))
    return Quantiles(p50=p50, p95=p95, p99=p99)


def _quantile(buckets: Buckets, share: float) -> float:
    wanted, below = share * buckets.total(), 0.0
    for (low, high), count in sorted(buckets.items()):
        if below + count >= wanted:
            return low if math.isinf(high) else low + (high - low) * (wanted - below) / count
        below += count
    return max(high for _, high in buckets)


def count_below(buckets: Buckets, limit: float) -> float:
    """Return how many lie below a limit, evenly spread within each bucket."""
    found = 0.0
    for (low, high), count in buckets.items():
        if high <= limit:
            found += count
        elif low < limit and not math.isinf(high):
            found += count * (limit - low) / (high - low)
    return found


def took_of(buckets: Buckets) -> dict[int, int]:
    """Return the counts by quarters of octaves (`DayCounts.took`); each bucket counts where its middle lies."""
    found: Counter[int] = Counter()
    for (low, high), count in buckets.items():
        middle = low if math.isinf(high) else math.sqrt(max(low, 1.0) * max(high, 1.0))
        found[math.floor(4 * math.log2(max(middle, 1.0)))] += count
    return dict(found)

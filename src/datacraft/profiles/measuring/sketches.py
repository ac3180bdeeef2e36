"""Sketches of a column that can be joined: HyperLogLog registers, bins, counted values.

The registers come out of DuckDB as a bit string: bit `bucket * 32 + rank` is set when a value's hash falls into
`bucket` with `rank` zeros at its end. A bucket's register is the highest rank that was seen plus one (Flajolet et
al. 2007, HyperLogLog), so that one plain aggregate builds the sketch while the column is read once.
"""

from __future__ import annotations

import base64
import math
import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

REGISTERS = 2_048
"""The standard error of a count is 1.04 / sqrt(2,048) = 2.3 % (Flajolet et al. 2007)."""
_RANKS = 32
SKETCH_BITS = REGISTERS * _RANKS
TOP = 50
QUANTILES = (0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99)
BUCKETS = 16
SAMPLED_VALUES = 256

Registers = NDArray[np.uint8]


def registers_of(bits: str) -> Registers:
    """Return the registers from the bit string that DuckDB made."""
    seen = np.frombuffer(bits.encode("ascii"), dtype=np.uint8).reshape(REGISTERS, _RANKS) == ord("1")
    highest = _RANKS - seen[:, ::-1].argmax(axis=1)
    return np.where(seen.any(axis=1), highest, 0).astype(np.uint8)


def registers_of_hashes(hashes: NDArray[np.uint64]) -> Registers:
    """Return the registers of values by their hashes, as `registers_of` does of the bits that DuckDB set."""
    tail = hashes | np.uint64(2**31)
    registers = np.zeros(REGISTERS, dtype=np.uint8)
    np.maximum.at(
        registers, (hashes >> np.uint64(53)).astype(np.int64), np.bitwise_count(tail ^ (tail - np.uint64(1)))
    )
    return registers


def written(registers: Registers) -> str:
    """Return registers as text."""
    return base64.b64encode(zlib.compress(registers.tobytes(), 9)).decode("ascii")


def read(text: str) -> Registers:
    """Return the registers of a text.

    Raises:
        ValueError: the text is not one that `written` made.
    """
    try:
        found = np.frombuffer(zlib.decompress(base64.b64decode(text, validate=True)), dtype=np.uint8)
    except zlib.error as error:
        raise ValueError(f"not a sketch: {error}") from error
    if found.size != REGISTERS:
        raise ValueError(f"a sketch has {REGISTERS} registers, not {found.size}")
    return found


def distinct_values(registers: Registers) -> int:
    """Return about how many distinct values were seen; small numbers are counted linearly."""
    size = len(registers)
    raw = (0.7213 / (1 + 1.079 / size)) * size**2 / float(np.exp2(-registers.astype(np.float64)).sum())
    empty = int((registers == 0).sum())
    if raw <= 2.5 * size and empty:
        return round(size * math.log(size / empty))
    return round(raw)


def rebinned(edges: Sequence[float], counts: Sequence[float], onto: Sequence[float]) -> NDArray[np.float64]:
    """Return counts over other edges; within a bin, values are taken as spread evenly.

    Bins that both have keep their counts; what lies outside of `onto` goes to its first and last bin.
    """
    if len(onto) < 2:
        return np.array([float(sum(counts))]) if onto else np.zeros(0)
    known = np.asarray(edges, dtype=np.float64)
    below = np.concatenate(([0.0], np.cumsum(np.asarray(counts, dtype=np.float64))))
    wanted = np.asarray(onto, dtype=np.float64)
    if known[0] == known[-1]:  # one value: all of it belongs to the bin whose upper edge is next
        inner = np.where(wanted[1:-1] >= known[0], below[-1], 0.0)
    else:
        inner = np.interp(wanted[1:-1], known, below)
        # A bin too narrow to divide by has its rows at its upper edge.
        narrow = ~np.isfinite(inner)
        inner[narrow] = below[np.searchsorted(known, wanted[1:-1][narrow], side="right") - 1]
    return np.diff(np.concatenate(([0.0], inner, [below[-1]])))


def joined_counts(one: Mapping[str, int], other: Mapping[str, int], most: int = TOP) -> dict[str, int]:
    """Return the most frequent values of two counts."""
    total = {value: one.get(value, 0) + other.get(value, 0) for value in {**one, **other}}
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0]))[:most])


def rounded(values: NDArray[np.float64], total: int) -> list[int]:
    """Return whole numbers with a given sum, each less than 1 from its value (largest remainders)."""
    whole = np.floor(values + 1e-9).astype(np.int64)
    missing = total - int(whole.sum())
    order = np.argsort(whole - values, kind="stable")
    whole[order[:missing]] += 1
    return [int(count) for count in whole]

"""Units of one kind, and how large they are to each other: minutes in seconds, kilometres in metres."""

from __future__ import annotations

_SCALES: dict[str, dict[str, float]] = {
    "time": {
        "second sec secs seconds s": 1, "minute min mins minutes": 60, "hour hr hrs hours h": 3600,
        "day days": 86400, "week weeks": 604800,
    },
    "length": {
        "mm millimetre millimeter": 0.001, "cm centimetre centimeter centimetres centimeters": 0.01,
        "m metre meter metres meters": 1, "km kilometre kilometer kilometres kilometers": 1000,
    },
    "weight": {
        "mg milligram milligrams": 0.001, "g gram grams": 1, "kg kilogram kilograms kilo kilos": 1000,
        "tonne tonnes ton tons": 1_000_000,
    },
}  # fmt: skip
_SIZES = {
    word: (kind, size)
    for kind, scale in _SCALES.items()
    for words, size in scale.items()
    for word in words.split()
}


def scale_of(word: str) -> tuple[str, float] | None:
    """Return the kind of a unit and its size in the kind's own small unit, None where it is no unit."""
    return _SIZES.get(word)

"""Straightening a scan: the angle at which its lines of text give the sharpest profile.

The profile is the sum of ink in each row of pixels; it varies most when lines of text lie along the rows
(W. Postl, 1986). Here the sum of its squares is
taken, over the ink of a small copy, in two steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

_LOOK_DPI = 100
_WIDEST = 5.0
_LEAST = 0.04
_LEAST_INK = 50
_ALIKE = 0.9995


def deskewed(image: Image, scale: float) -> Image:
    """Return a scan with its lines of text level, where they were off by up to five degrees."""
    import PIL.Image

    angle = skew_of(image, scale)
    if abs(angle) < _LEAST:
        return image
    return image.rotate(angle, resample=PIL.Image.Resampling.BICUBIC, fillcolor=255)


def skew_of(image: Image, scale: float) -> float:
    """Return by how many degrees, against the clock, a scan has to be turned to be level."""
    import numpy as np
    import PIL.Image

    factor = _LOOK_DPI / (scale * 72)
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    small = image if factor >= 1 else image.resize(size, PIL.Image.Resampling.BOX)
    values = np.asarray(small)
    down, along = np.nonzero(values < ink_threshold(values))
    if len(down) < _LEAST_INK:
        return 0.0
    along = along - values.shape[1] / 2

    def sharpness(angle: float) -> float:
        rows = np.rint(down - along * math.tan(math.radians(angle))).astype("i8")
        profile = np.bincount(rows - rows.min()).astype("f8")
        return float((profile**2).sum())

    coarse = _sharpest(np.arange(-_WIDEST, _WIDEST + 0.01, 0.25).tolist(), sharpness)
    return _sharpest(np.arange(coarse - 0.24, coarse + 0.241, 0.03).tolist(), sharpness)


def _sharpest(angles: Sequence[float], sharpness: Callable[[float], float]) -> float:
    """Return the angle with the sharpest profile; the middle of those that can't be told apart."""
    found = [sharpness(angle) for angle in angles]
    best = [angle for angle, value in zip(angles, found, strict=True) if value >= _ALIKE * max(found)]
    return best[len(best) // 2]


def ink_threshold(values: Any) -> float:
    """Return the grey below which a pixel is ink, from that of the paper and that of the darkest print."""
    import numpy as np

    dark, paper = np.percentile(values, [0.2, 60])
    return float(paper - 0.4 * (paper - dark)) if paper - dark > 30 else 0.0


def whitened(image: Image) -> Image:
    """Return a scan with its paper white and its darkest print black, so that specks and shades are not read."""
    import numpy as np
    import PIL.Image

    values = np.asarray(image, dtype="f4")
    dark, paper = np.percentile(values, [0.2, 60])
    if paper - dark < 30:
        return image
    stretched = (values - dark) / (paper * 0.88 - dark) * 255
    return PIL.Image.fromarray(np.clip(stretched, 0, 255).astype("uint8"))

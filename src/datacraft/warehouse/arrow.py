"""Arrow arrays from Python and NumPy values, without the import of pandas that `pyarrow.array` brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def text_array(values: Sequence[str | None]) -> Any:
    """Return an Arrow string array; None is null."""
    import numpy as np
    import pyarrow as pa  # type: ignore[import-untyped]

    encoded = [b"" if value is None else value.encode("utf-8", "replace") for value in values]
    offsets = np.zeros(len(encoded) + 1, dtype="int32")
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    present = np.array([value is not None for value in values], dtype=bool)
    buffers = [_validity(present), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


def number_array(values: npt.NDArray[Any], present: npt.NDArray[np.bool_] | None = None) -> Any:
    """Return an Arrow array of a NumPy array of 32 or 64 bit numbers; null where not `present`."""
    import numpy as np
    import pyarrow as pa

    types = {"i4": pa.int32(), "i8": pa.int64(), "f8": pa.float64()}
    contiguous = np.ascontiguousarray(values)
    buffers = [None if present is None else _validity(present), pa.py_buffer(contiguous)]
    return pa.Array.from_buffers(types[contiguous.dtype.str[1:]], len(contiguous), buffers)


def _validity(present: npt.NDArray[np.bool_]) -> Any:
    """Return Arrow's bitmap of which values are there."""
    import numpy as np
    import pyarrow as pa

    return pa.py_buffer(np.packbits(present, bitorder="little"))

"""The picture of a cell: what its document shows there, for a person to compare with what was read."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

from datacraft.contracts.errors import InputError
from datacraft.ingest.store.places import UncertainCell

_MARGIN_PT = 4.0


def picture_of(cell: UncertainCell) -> bytes:
    """Return what stands at the place of a cell, as PNG.

    Raises:
        InputError: the document is no longer where it was, or another one, or says nothing of places.
    """
    path = Path(cell.path)
    if cell.page is None or cell.box is None:
        raise InputError(
            f"Nothing tells where cell {cell.item_id} stands in {path}.", hint="Open the file itself."
        )
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != cell.sha256:
        raise InputError(
            f"{path} is no longer the file that was loaded.",
            hint="Put it back, or decide without the picture.",
        )
    from datacraft.warehouse.documents.pages.picture import crop

    left, top, right, bottom = cell.box
    image = crop(
        path, cell.page, (left - _MARGIN_PT, top - _MARGIN_PT, right + _MARGIN_PT, bottom + _MARGIN_PT)
    )
    out = BytesIO()
    image.save(out, format="PNG")
    return out.getvalue()

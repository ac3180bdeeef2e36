"""A piece of a page as an image, for people to compare with what was read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from datacraft.warehouse.documents.pages.pdf import open_pdf
from datacraft.warehouse.documents.pages.scan import open_images, prepare

if TYPE_CHECKING:
    from PIL.Image import Image


def crop(path: Path, page: int, box: tuple[float, float, float, float]) -> Image:
    """Return what a page (from 1) shows within a box (left, top, right, bottom in points, as the text reads).

    Raises:
        DataLoadError: the document can't be read.
    """
    image, scale = _page_image(path, page)
    left, top, right, bottom = (round(value * scale) for value in box)
    left, top = max(0, min(left, image.width - 1)), max(0, min(top, image.height - 1))
    return image.crop(
        (left, top, max(left + 1, min(right, image.width)), max(top + 1, min(bottom, image.height)))
    )


def _page_image(path: Path, number: int) -> tuple[Image, float]:
    with path.open("rb") as file:
        is_pdf = file.read(4) == b"%PDF"
    if is_pdf:
        with open_pdf(path) as pdf:
            if pdf.page(number).words:
                return pdf.upright_image(number)
            image, scale = pdf.image(number)
    else:
        with open_images(path) as images:
            image, scale = next(found for place, found in enumerate(images, start=1) if place == number)
    return prepare(path, image, scale)

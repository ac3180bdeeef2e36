"""Pages that are images: turned upright, straightened, their lines taken out, their words read by tesseract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from datacraft.contracts.errors import DataLoadError
from datacraft.warehouse.documents.extras import require_tesseract
from datacraft.warehouse.documents.model import Box, Page, Rule, Word
from datacraft.warehouse.documents.pages.image_rules import find_rules, without_rules
from datacraft.warehouse.documents.pages.leftovers import with_leftovers
from datacraft.warehouse.documents.pages.limits import MOST_PIXELS, READING_DPI
from datacraft.warehouse.documents.pages.straighten import deskewed, whitened

if TYPE_CHECKING:
    from PIL.Image import Image

_LEAST_DPI = 200
_GUESSED_INCHES = 11.7
"""The longer side of a page whose image does not say how many dots an inch has: A4, or nearly letter."""
_SURE_TURN = 1.0
_SURE_READING = 0.75
_ENOUGH_WORDS = 8
_TIME_LIMIT_S = 120
_READER = "--oem 1 --psm 11"
"""Sparse text: words wherever they stand. Taking a page for one block loses single words between wide gaps."""


def read_scan(path: Path, number: int, image: Image, scale: float) -> Page:
    """Return a page as tesseract reads it, with a confidence for each word.

    Most pages are upright; only one that reads badly is asked for its orientation and read again.

    Raises:
        DataLoadError: tesseract is missing, or fails on it.
    """
    require_tesseract(path)
    page = _read_upright(path, number, *_straight(image, scale))
    if _reads_well(page.words):
        return page
    turned = _upright(path, image)
    return page if turned is image else _read_upright(path, number, *_straight(turned, scale))


def prepare(path: Path, image: Image, scale: float) -> tuple[Image, float]:
    """Return an image as it was read: turned upright and straight, and its scale in pixels to a point."""
    straight, straight_scale = _straight(image, scale)
    if _reads_well(_words(path, whitened(straight), straight_scale)):
        return straight, straight_scale
    return _straight(_upright(path, image), scale)


def _straight(image: Image, scale: float) -> tuple[Image, float]:
    """Return an image with its lines level, and large enough to be read."""
    straight = deskewed(image, scale)
    if scale * 72 < _LEAST_DPI:
        import PIL.Image

        factor = READING_DPI / (scale * 72)
        if straight.width * straight.height * factor * factor <= MOST_PIXELS:
            size = (round(straight.width * factor), round(straight.height * factor))
            straight, scale = straight.resize(size, PIL.Image.Resampling.LANCZOS), scale * factor
    return straight, scale


def _read_upright(path: Path, number: int, image: Image, scale: float) -> Page:
    rules = find_rules(image, scale)
    clean = whitened(without_rules(image, rules, scale))
    points = [_in_points(rule, scale) for rule in rules]
    words = _words(path, clean, scale)
    if _reads_well(words):
        words = with_leftovers(clean, words, points, scale, _read_piece)
    return Page(number, image.width / scale, image.height / scale, words, points, scanned=True)


def _reads_well(words: Sequence[Word]) -> bool:
    """Whether what was read can be text: most of it was read with some certainty."""
    letters = [word for word in words if sum(1 for c in word.text if c.isalnum()) > 1]
    return len(letters) >= _ENOUGH_WORDS and median(word.confidence for word in letters) >= _SURE_READING


@contextmanager
def open_images(path: Path) -> Iterator[Iterator[tuple[Image, float]]]:
    """Give the images in a file, in grey, each with its scale in pixels to a point.

    Raises:
        DataLoadError: it is damaged, or has more pixels than can be read.
    """
    import PIL.Image

    try:
        with PIL.Image.open(path) as file:
            yield _frames(path, file)
    except PIL.Image.DecompressionBombError as error:
        raise _too_large(path) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise DataLoadError(
            f"{path} can't be read as an image: {error}.",
            hint="It is damaged or was not written to its end; scan or save it again.",
        ) from error


def _frames(path: Path, file: Any) -> Iterator[tuple[Image, float]]:
    from PIL import ImageOps

    for number in range(getattr(file, "n_frames", 1)):
        file.seek(number)
        if file.width * file.height > MOST_PIXELS:
            raise _too_large(path)
        dpi = _dpi(file)
        image = ImageOps.exif_transpose(file)
        yield _grey(image), dpi / 72


def _grey(image: Image) -> Image:
    """Return an image in grey, on white where it lets something shine through."""
    import PIL.Image

    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        colored = image.convert("RGBA")
        paper = PIL.Image.new("RGBA", colored.size, "white")
        paper.alpha_composite(colored)
        return paper.convert("L")
    return image.convert("L")


def _dpi(file: Any) -> float:
    given = file.info.get("dpi")
    try:
        dpi = float(given[0]) if given else 0.0
    except (TypeError, ValueError, ZeroDivisionError):
        dpi = 0.0
    return dpi if 100 <= dpi <= 1200 else float(max(file.width, file.height)) / _GUESSED_INCHES


def _too_large(path: Path) -> DataLoadError:
    return DataLoadError(
        f"{path} has an image of more than {MOST_PIXELS // 1_000_000} million pixels.",
        hint="Scan it with 300 dots per inch.",
    )


def _upright(path: Path, image: Image) -> Image:
    """Turn an image by quarters so that its text stands upright, where tesseract is sure of it."""
    import pytesseract

    small = image.reduce(2) if min(image.size) > 1500 else image
    try:
        found = pytesseract.image_to_osd(small, output_type=pytesseract.Output.DICT, timeout=_TIME_LIMIT_S)
    except pytesseract.TesseractError:  # too few letters to tell
        return image
    except RuntimeError as error:
        raise _too_slow(path) from error
    if found["orientation_conf"] < _SURE_TURN or not found["rotate"]:
        return image
    return image.rotate(-found["rotate"], expand=True)


def _words(path: Path, image: Image, scale: float) -> list[Word]:
    import pytesseract

    config = f"{_READER} --dpi {round(scale * 72)}"
    try:
        data = pytesseract.image_to_data(
            image, config=config, output_type=pytesseract.Output.DICT, timeout=_TIME_LIMIT_S
        )
    except pytesseract.TesseractError as error:
        raise DataLoadError(
            f"{path}: tesseract can't read a page: {str(error)[:200]}",
            hint="Check that `tesseract --version` works.",
        ) from error
    except RuntimeError as error:
        raise _too_slow(path) from error
    return _found(data, scale)


def _read_piece(piece: Image) -> Word | None:
    """Read a small piece of an image as one line, or as one letter where it is no wider."""
    import pytesseract

    mode = 10 if piece.width < 1.2 * piece.height else 7
    try:
        data = pytesseract.image_to_data(
            piece, config=f"--oem 1 --psm {mode}", output_type=pytesseract.Output.DICT, timeout=_TIME_LIMIT_S
        )
    except (pytesseract.TesseractError, RuntimeError):
        return None
    words = [word for word in _found(data, 1.0) if any(c.isalnum() for c in word.text)]
    if not words:
        return None
    return Word(" ".join(w.text for w in words), words[0].box, min(w.confidence for w in words))


def _found(data: dict[str, list[Any]], scale: float) -> list[Word]:
    """Return the words of a table that tesseract wrote."""
    words: list[Word] = []
    for text, conf, left, top, width, height in zip(
        data["text"], data["conf"], data["left"], data["top"], data["width"], data["height"], strict=True
    ):
        if text.strip() and float(conf) >= 0 and not _is_speck(text, height / scale):
            box = Box(left / scale, top / scale, (left + width) / scale, (top + height) / scale)
            # One is for text; no reader is that sure.
            words.append(Word(text.strip(), box, min(float(conf) / 100, 0.999)))
    return words


def _is_speck(text: str, height_pt: float) -> bool:
    """Whether a word is dirt, or what is left of a line."""
    return not any(c.isalnum() for c in text) and (
        height_pt > 30 or text in {"|", "_", "~", "°", "'", "`", ".", ","}
    )


def _too_slow(path: Path) -> DataLoadError:
    return DataLoadError(
        f"{path}: reading a page took more than {_TIME_LIMIT_S} seconds.",
        hint="Scan it with 300 dots per inch.",
    )


def _in_points(rule: Rule, scale: float) -> Rule:
    return Rule(rule.horizontal, rule.at / scale, rule.start / scale, rule.end / scale)

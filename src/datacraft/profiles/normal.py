"""One way to write a text down for comparing: what a person types and what the data hold."""

from __future__ import annotations

import re
import unicodedata

_NOISE = re.compile(r"(?:[^\w+#]|_|(?<![^\W_])(?<![+#])[+#]+)+")


def normalise(text: str) -> str:
    """Return `text` casefolded, without accents and punctuation, words parted by one space.

    A plus or sharp that closes a word stays, so that "B+" is not "B" and "C#" is not "C".
    """
    folded = text.casefold()
    if not folded.isascii():
        folded = "".join(
            c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c)
        ).casefold()
    return _NOISE.sub(" ", folded).strip()


def squeezed(normalised: str) -> str:
    """Return a normalised text without its spaces, so that "new york" and "newyork" meet."""
    return normalised.replace(" ", "")

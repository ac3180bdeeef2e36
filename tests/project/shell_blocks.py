"""The commands that the documents show."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def bash_blocks(document: Path) -> list[str]:
    """Return the blocks marked as bash, which are meant to be run as they stand."""
    return re.findall(r"^```bash\n(.*?)^```", document.read_text(), re.M | re.S)

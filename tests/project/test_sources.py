"""The sources: no question of a test set is in the product."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
QUESTION_SETS = ROOT / "src" / "datacraft" / "evaluation" / "question_sets"
SHORTEST = 4  # words; anything shorter is said everywhere


def questions() -> set[str]:
    """Return every question of the sets, in small letters and single spaces."""
    files = [*(ROOT / "tests" / "questions").glob("*.yaml"), *QUESTION_SETS.glob("*.yaml")]
    texts = (text for file in files for text in strings(yaml.safe_load(file.read_text())))
    return {text for text in map(plain, texts) if len(text.split()) >= SHORTEST}


def strings(value: object, key: str = "") -> list[str]:
    """Return the texts under the key `question` anywhere within."""
    if isinstance(value, dict):
        return [text for name, item in value.items() for text in strings(item, str(name))]
    if isinstance(value, list):
        return [text for item in value for text in strings(item, key)]
    return [value] if isinstance(value, str) and key == "question" else []


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def test_no_question_of_a_test_set_is_in_the_product() -> None:
    asked = questions()
    assert len(asked) > 200
    found: dict[str, list[str]] = {}
    for path in [*(ROOT / "src").rglob("*"), *(ROOT / "frontend").rglob("*")]:
        if path.is_dir() or QUESTION_SETS in path.parents or path.suffix in {".pyc", ".csv"}:
            continue
        text = plain(path.read_text(encoding="utf-8"))
        if held := [question for question in asked if question in text]:
            found[str(path.relative_to(ROOT))] = held
    assert not found

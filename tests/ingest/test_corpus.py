"""How much of what people have is read right: the held-back half of the corpus, cell by cell."""

from __future__ import annotations

from pathlib import Path

from cell_accuracy import Score, score_file
from corpus import KINDS, REPEATS, make_corpus

RIGHT = 0.995
WRONG_UNMARKED = 0.002


def test_cells_of_files_held_back_are_right(tmp_path: Path) -> None:
    assert len(KINDS) * REPEATS >= 120
    (tmp_path / "warehouses").mkdir()
    score, files = Score(), 0
    for file in make_corpus(tmp_path / "corpus"):
        if file.held_back:
            score.add(score_file(file, tmp_path / "warehouses"))
            files += 1
    assert files >= 60
    assert score.share_right >= RIGHT, score.faults
    assert score.share_wrong_unmarked <= WRONG_UNMARKED, score.faults


def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    first = [file.path for file in make_corpus(tmp_path / "one", repeats=1)]
    second = [file.path for file in make_corpus(tmp_path / "two", repeats=1)]
    texts = [path for path in first if path.suffix in {".csv", ".tsv", ".txt", ".json", ".jsonl", ".xml"}]
    assert len(texts) >= 25
    for path in texts:
        twin = second[first.index(path)]
        assert path.read_bytes() == twin.read_bytes()

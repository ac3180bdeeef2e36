"""Tunes until it is killed: `python killed_study.py DATA FOLDER LOG`."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    from test_tuner import study

    study(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))

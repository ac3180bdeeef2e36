"""Evaluates in a child process that is killed at random moments: `python killing.py DATA FOLDER KILLS`.

Prints how often it was killed, `same` or `other` for the verdicts compared with an undisturbed run, and the most
calls that were made again after one kill.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

from simulator import Simulator
from stall import question_set

from datacraft.config import Settings
from datacraft.contracts.judgement import CallRecord
from datacraft.evaluation.data import DataLoader
from datacraft.evaluation.evaluator import ModelEvaluator, RunOptions

CONCURRENCY = 4


def evaluate(sales: Path, folder: Path, log: Path | None) -> tuple[object, list[CallRecord]]:
    cases = question_set()
    candidates = [
        Simulator(f"s{seed}", right=0.6, refused=0.2, seed=seed, sleep_s=0.02, varies=True, log=log)
        for seed in (1, 2, 3)
    ]
    settings = Settings.model_validate({"data": {"paths": [sales]}, "state_dir": folder / "state"})
    with DataLoader(settings).load() as data:
        evaluator = ModelEvaluator(data, cases, folder / "run")
        options = RunOptions(split=None, repeats=5, concurrency=CONCURRENCY)
        report, records = evaluator.evaluate([one.candidate(cases) for one in candidates], options)
    return report.candidates, records


def verdicts(records: list[CallRecord]) -> dict[tuple[str, str, int], object]:
    return {(one.candidate, one.case, one.repeat): one.judgement for one in records}


def main() -> int:
    sales, folder, kills = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    log, random = folder / "log", Random(0)
    done = 0
    while done < kills:
        child = os.fork()
        if child == 0:
            evaluate(sales, folder / "disturbed", log)
            os._exit(0)
        before = log.read_text().count("\n") if log.exists() else 0
        while os.waitpid(child, os.WNOHANG) == (0, 0):  # it is killed once it has made a few calls
            time.sleep(random.uniform(0.002, 0.03))
            if (log.read_text().count("\n") if log.exists() else 0) > before + random.randint(1, 8):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                done += 1
                break
        else:
            break
    measured, records = evaluate(sales, folder / "disturbed", log)
    expected, undisturbed = evaluate(sales, folder / "calm", None)
    lines = [line.split() for line in log.read_text().splitlines()]
    starts: Counter[str] = Counter()
    seen: set[tuple[str, ...]] = set()
    for *call, process in lines:
        starts[process] += tuple(call) in seen
        seen.add(tuple(call))
    same = measured == expected and verdicts(records) == verdicts(undisturbed)
    print(done, "same" if same else "other", max(starts.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Checks question sets against their data: `python tests/questions/check.py [--deep] [--sample FILE] [SET...]`.

All sets of the tests at once; one set is checked by `datacraft questions check`. A set with an error ends the
command with code 1. Warnings are for a person to judge.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from questionset import half_of, load, open_database, set_paths

from datacraft.evaluation.questions.check import check_question_set


def main() -> int:
    """Check the sets named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET")
    parser.add_argument("--deep", action="store_true", help="also look for golds that say nothing")
    parser.add_argument("--sample", type=Path, help="a CSV file to take in place of the retail sample")
    options = parser.parse_args()
    errors = 0
    for path in options.sets or set_paths():
        question_set = load(path)
        database = open_database(question_set, options.sample)
        findings = list(check_question_set(question_set, database, deep=options.deep))
        for finding in findings:
            print(finding)
        errors += sum(finding.is_error for finding in findings)
        held = sum(half_of(case) == "held" for case in question_set.cases)
        print(f"{question_set.name}: {len(question_set.cases)} cases, {held} held, {len(findings)} findings")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())

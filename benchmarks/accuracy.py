"""How many questions of the question sets are answered rightly, and how many wrongly but shown as fact?

Every set is asked through the product's path: settings, data loaded, meaning inferred, engine, SQL, guard, rows.
`right`: the rows equal those of a gold; `wrong`: rows were shown that equal none. What is left was not answered.
Half of each set is held back from whoever improves the engine: of it only totals are printed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests" / "questions"))

from questionset import HERE, RETAIL, SAMPLE, Half, QuestionSet, half_of, load, set_paths
from score import GivenAnswer, Verdict, verdicts

from datacraft.config import load_settings
from datacraft.serving import QueryHandler, build_handler
from datacraft.warehouse.sample import make_orders

HALVES: tuple[Half, ...] = ("dev", "held")
STRICT = (RETAIL.stem, "retail_everyday", "bank")  # one table or two; all others are wider
GOALS = {"held_right_percent_min": {"strict": 95.0, "other": 80.0},
         "held_wrong_percent_max": {"strict": 2.0, "other": 5.0}}  # fmt: skip


@dataclass(frozen=True)
class Share:
    """Verdicts on a number of questions."""

    n: int
    right: int
    wrong: int

    @classmethod
    def of(cls, given: Iterable[Verdict]) -> Share:
        counts = Counter(given)
        return cls(counts.total(), counts["right"], counts["wrong"])

    def __add__(self, other: Share) -> Share:
        return Share(self.n + other.n, self.right + other.right, self.wrong + other.wrong)

    @property
    def right_percent(self) -> float:
        return round(100 * self.right / self.n, 1) if self.n else 0.0

    @property
    def wrong_percent(self) -> float:
        return round(100 * self.wrong / self.n, 1) if self.n else 0.0


@contextmanager
def opened(question_set: QuestionSet) -> Iterator[QueryHandler]:
    """Open a set's data as the product does, with nothing kept and no semantic file of a person."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            environ={}, arguments={"state_dir": Path(folder) / "state", "data.cache": False}
        )
        if question_set.data in (None, SAMPLE):
            data = make_orders(Path(folder) / "orders_processed.parquet")
        else:
            data = HERE / str(question_set.data)
        with build_handler(settings, [data], semantic_file=False) as handler:
            yield handler


def ask_all(question_set: QuestionSet, handler: QueryHandler) -> dict[str, GivenAnswer]:
    """Ask every question, each on its own; return the answers by id of the case."""
    answers = {}
    for case in question_set.cases:
        answer = handler.ask(case.question)
        answers[case.id] = GivenAnswer(
            id=case.id,
            sql=answer.sql,
            columns=[column.name for column in answer.columns],
            rows=answer.rows,
            error=answer.error.model_dump() if answer.error else None,
        )
    return answers


def measure(path: Path) -> dict[Half, Share]:
    """Return the verdicts on both halves of a set."""
    question_set = load(path)
    with opened(question_set) as handler:
        given = verdicts(question_set, ask_all(question_set, handler), handler.warehouse)
    return {
        half: Share.of(given[case.id] for case in question_set.cases if half_of(case) == half)
        for half in HALVES
    }


def total(shares: Iterable[Share]) -> Share:
    return sum(shares, Share(0, 0, 0))


def group_of(name: str) -> str:
    """Return the group whose goals a set has to reach."""
    return "strict" if name in STRICT else "other"


def met(name: str, held: Share) -> bool:
    group = group_of(name)
    return (
        held.right_percent >= GOALS["held_right_percent_min"][group]
        and held.wrong_percent <= GOALS["held_wrong_percent_max"][group]
    )


def figures(shares: dict[Half, Share]) -> dict[str, float]:
    row: dict[str, float] = {}
    for split, share in shares.items():
        row |= {f"{split}_n": share.n, f"{split}_right": share.right_percent}
        row |= {f"{split}_wrong": share.wrong_percent}
    return row


def main() -> int:
    print(f"{'':<15} {'dev: n':>7} {'right':>7} {'wrong':>7}   {'held: n':>7} {'right':>7} {'wrong':>7}")
    measured: dict[str, dict[Half, Share]] = {}
    for path in set_paths():
        started = time.perf_counter()
        measured[path.stem] = measure(path)
        _show(path.stem, measured[path.stem], f"  {time.perf_counter() - started:.0f} s")
    others = [shares for name, shares in measured.items() if group_of(name) == "other"]
    together = {half: total(shares[half] for shares in others) for half in HALVES}
    _show("others together", together)
    judged = {name: measured[name]["held"] for name in STRICT} | {"others together": together["held"]}
    result = {
        "name": "accuracy",
        "figures": {name: figures(shares) for name, shares in measured.items()}
        | {"others together": figures(together)},
        "goals": {"strict_sets": list(STRICT), "others": "judged together", **GOALS},
        "met": all(met(name, held) for name, held in judged.items()),
    }
    print(json.dumps(result))
    return 0


def _show(name: str, shares: dict[Half, Share], remark: str = "") -> None:
    cells = [f"{share.n:>7} {share.right_percent:>6}% {share.wrong_percent:>6}%" for share in shares.values()]
    print(f"{name:<15} {'   '.join(cells)}{remark}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

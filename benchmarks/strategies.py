"""Which strategy makes the most of a model that errs? A simulated model returns right SQL or plans, with errors of
stated kinds at stated rates, independent in each call or the same whenever a question comes back.

Kinds: a column that is not there, broken syntax, a misspelt value (all three can be healed by what the database
says), and, over-confident, another measure or a filter left out (nothing tells that these are wrong). Told of a
mistake that can be healed, the model mends it nine times in ten. Strategies of SQL are asked the sample's question set
(its part `tune`), those of plans questions generated from what the data means, whose plans are known. Reported, not asserted, is where each strategy wins
and loses; the one goal is that `repair` heals at least 70 % of what can be healed.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from llm_server import Call, Reaction, Says, serving

from datacraft.config import load_settings
from datacraft.contracts.plan import QueryPlan
from datacraft.contracts.question_set import Case
from datacraft.evaluation.judging.verdict import Judge
from datacraft.evaluation.questions import load_question_set
from datacraft.evaluation.questions.proposing import drafts_of
from datacraft.serving import QueryHandler, build_handler
from datacraft.serving.limits import Limits
from datacraft.serving.runner import PlanRunner
from datacraft.warehouse.sample import make_orders

Golds = dict[str, tuple[str, QueryPlan | None]]
"""SQL, and the plan where one is known, by question."""

CASES = 60
RATES = (0.2, 0.5)
MENDS = 0.9
HEALABLE = ("unknown_column", "syntax", "unknown_value")
HIDDEN = ("other_measure", "filter_left_out")
STRATEGIES: dict[str, dict[str, Any]] = {
    "sql": {"kind": "sql"},
    "plan": {"kind": "plan"},
    "repair": {"kind": "repair", "attempts": 2, "of": {"kind": "sql"}},
    "repaired plan": {"kind": "repair", "attempts": 2, "of": {"kind": "plan"}},
    "vote": {"kind": "vote", "samples": 5, "threshold": 0.6, "of": {"kind": "sql"}},
    "vote of repaired": {
        "kind": "vote", "samples": 5, "threshold": 0.6, "of": {"kind": "repair", "attempts": 1, "of": {"kind": "sql"}},
    },
    "cascade": {"kind": "cascade", "threshold": 0.85, "otherwise": {"kind": "repair", "attempts": 2, "of": {"kind": "sql"}}},
}  # fmt: skip
GOALS = {"repair_heals_percent_min": 70.0}


class NoisyModel:
    """Answers from the gold, with errors.

    Args:
        golds: SQL and plan by question.
        rate: of drafts with an error.
        correlated: equal questions err in the same way each time.
        seed: of the choices.
    """

    def __init__(self, golds: Golds, rate: float, *, correlated: bool, seed: int) -> None:
        self._golds = golds
        self._rate = rate
        self._correlated = correlated
        self._seed = seed
        self.first_errors: dict[str, str | None] = {}

    def __call__(self, call: Call) -> Reaction:
        said = [message["content"] for message in call.body["messages"] if message["role"] == "user"]
        question = json.loads(said[0])["question"]
        sql, plan = self._golds[question]
        own = random.Random(f"{self._seed} {question}" + ("" if self._correlated else f" {call.number}"))
        kind = own.choice((*HEALABLE, *HIDDEN)) if own.random() < self._rate else None
        if len(said) > 1 and random.Random(f"{call.number}").random() < MENDS:
            kind = kind if kind in HIDDEN and self._correlated else None
        wants_plan = call.body["response_format"]["json_schema"]["name"] == "PlanReply"
        text, kind = spoilt_plan(plan, kind) if wants_plan and plan else spoilt_sql(sql, kind)
        if len(said) == 1:
            self.first_errors.setdefault(question, kind)
        return Says(text)


def reply(**more: object) -> str:
    return json.dumps({"answerable": True, "reason": None, "assumptions": [], "chart": None} | more)


def spoilt_sql(sql: str, kind: str | None) -> tuple[str, str | None]:
    """Return a reply with an error of that kind, or of the next kind that this query can have."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    literals = [node for node in tree.find_all(exp.Literal) if node.is_string and not node.name[:4].isdigit()]
    column = tree.find(exp.Column)
    if column is None and kind in ("unknown_column", "unknown_value"):
        kind = "syntax"
    if kind == "unknown_value" and literals:
        literals[0].set("this", f"{literals[0].name[:-1]}x")
    elif kind in ("unknown_column", "unknown_value"):
        kind = "unknown_column"
        assert column is not None
        column.this.set("this", "no_such_column")
    elif kind == "filter_left_out" and tree.args.get("where") is not None:
        tree.set("where", None)
    elif kind in ("other_measure", "filter_left_out"):
        kind = "other_measure"
        for aggregate in tree.find_all(exp.Sum, exp.Avg, exp.Count):
            aggregate.replace(exp.Max(this=exp.column("quantity")))
            break
    text = tree.sql(dialect="duckdb")
    return reply(sql=text.replace("FROM", "FORM", 1) if kind == "syntax" else text), kind


def spoilt_plan(plan: QueryPlan, kind: str | None) -> tuple[str, str | None]:
    """Likewise for a plan; what is a syntax error in SQL is a field that is not there."""
    content = plan.model_dump(mode="json")
    text = json.dumps(content)
    if kind in ("unknown_column", "unknown_value"):
        text, kind = text.replace('"column": "', '"column": "no_', 1), "unknown_column"
    elif kind == "syntax":
        text = text.replace('"outputs"', '"columns"', 1)
    elif kind in HIDDEN:
        text, kind = (
            text.replace('"function": "sum"', '"function": "max"')
            .replace('"function": "avg"', '"function": "max"')
            .replace('"function": "count"', '"function": "max"'),
            "other_measure",
        )
    return reply(plan=json.loads(text)), kind


@contextmanager
def opened(folder: Path, strategy: dict[str, Any], model: NoisyModel, data: Path) -> Iterator[QueryHandler]:
    with serving(model) as server:
        config = {
            "provider": "openai", "model": "noisy", "base_url": server.openai_url, "strategy": strategy,
            "hyperparameters": {"temperature": 0.7}, "limits": {"max_attempts": 1},
        }  # fmt: skip
        (folder / "noisy.json").write_text(json.dumps(config))
        arguments = {
            "state_dir": folder / "state",
            "llm.answer_with": folder / "noisy.json",
            "data.semantic": folder / "none.yaml",
        }
        with build_handler(load_settings(environ={}, arguments=arguments), [data]) as handler:
            yield handler


def questions(folder: Path, data: Path) -> Golds:
    """Return questions with their SQL and plan, spread over the kinds of question."""
    arguments = {"state_dir": folder / "state", "data.semantic": folder / "none.yaml"}
    with build_handler(load_settings(environ={}, arguments=arguments), [data]) as handler:
        runner = PlanRunner(handler.warehouse, handler.model, Limits())
        drafts = list(drafts_of(handler.model))
        random.Random(5).shuffle(drafts)
        kinds: dict[str, int] = {}
        found: Golds = {}
        for draft in drafts:
            kinds[draft.kind] = kinds.get(draft.kind, 0) + 1
            if kinds[draft.kind] <= CASES // 4 and len(found) < CASES:
                found[draft.questions[-1]] = (runner.render(draft.plan).sql, draft.plan)
    return found


def of_the_set() -> Golds:
    """Return questions of the sample's set with their SQL."""
    cases = [case for case in load_question_set("retail").of("tune") if case.gold]
    return {case.question: (case.gold[0], None) for case in cases[:CASES]}


def measured(handler: QueryHandler, golds: Golds, model: NoisyModel) -> dict[str, float]:
    """Ask all questions and return percentages, and calls per question."""
    judge = Judge(handler.warehouse, ())
    counts = dict.fromkeys(("right", "wrong_shown", "calls", "healable", "healed", "without_model"), 0)
    for number, (question, (sql, _)) in enumerate(golds.items()):
        answer = handler.ask(question)
        right = judge.judge(Case(id=str(number), question=question, gold=(sql,)), answer).right
        counts["right"] += right
        counts["wrong_shown"] += answer.error is None and not right
        counts["calls"] += answer.usage.calls
        counts["without_model"] += answer.usage.calls == 0
        if model.first_errors.get(question) in HEALABLE:
            counts["healable"] += 1
            counts["healed"] += right
    share = {name: round(100 * count / len(golds), 1) for name, count in counts.items()}
    share["calls"] = round(counts["calls"] / len(golds), 2)
    share["healed"] = round(100 * counts["healed"] / max(1, counts["healable"]), 1)
    share["healable"] = counts["healable"]
    return share


def main() -> int:
    figures: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        data = make_orders(folder / "orders_processed.parquet")
        generated, asked = questions(folder, data), of_the_set()
        print(
            f"{len(asked)} and {len(generated)} questions; right / wrong but shown in percent, calls per question"
        )
        for correlated in (False, True):
            for rate in RATES:
                setting = f"{'correlated' if correlated else 'independent'} {rate:.0%}"
                figures[setting] = {}
                for name, strategy in STRATEGIES.items():
                    golds = generated if "plan" in name else asked
                    model = NoisyModel(golds, rate, correlated=correlated, seed=3)
                    with opened(folder, strategy, model, data) as handler:
                        found = measured(handler, golds, model)
                    figures[setting][name] = found
                    print(f"{setting:<18} {name:<17} {found['right']:5.1f} / {found['wrong_shown']:4.1f}  {found['calls']:4.2f} calls, healed {found['healed']:.0f} % of {found['healable']:.0f}", flush=True)  # fmt: skip
    healed = [found["repair"] for found in figures.values()]
    total = sum(found["healable"] for found in healed)
    share = sum(found["healed"] * found["healable"] for found in healed) / total
    figures["repair"] = {"all": {"healable": total, "healed_percent": round(share, 1)}}
    met = share >= GOALS["repair_heals_percent_min"]
    print(json.dumps({"name": "strategies", "figures": figures, "goals": GOALS, "met": met}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

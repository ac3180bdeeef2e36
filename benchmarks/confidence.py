"""How well does the engine's confidence tell right answers from wrong ones? With --write, its weights are made anew.

The weights are fitted on the `tune` parts of the question sets (logistic regression, L2, Newton's method), and judged
on sets that were left out of the fit, one at a time, and on the parts that are held back. The area under the ROC curve
is the chance that a right answer gets more confidence than a wrong one.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "tests" / "questions"))

from accuracy import opened
from questionset import half_of, load, set_paths
from score import GivenAnswer, judge

from datacraft.engines.semantic import confidence, engine

FILE = Path(confidence.__file__).with_name("confidence.json")
_PENALTY = 10.0


@dataclass(frozen=True)
class Sample:
    set_name: str
    half: str
    features: dict[str, float]
    right: bool


def collect() -> list[Sample]:
    """Ask every question, with nothing turned away for want of confidence; return what was shown."""
    samples: list[Sample] = []
    seen: dict[str, dict[str, float]] = {}

    def measure(frame, plan, resolution, context):  # type: ignore[no-untyped-def]
        seen["features"] = confidence.features(frame, plan, resolution, context)
        return 1.0 - min(1.0, sum(weight for _, weight in context.doubts if weight >= 0.6))

    engine.confidence = measure
    for path in set_paths():
        question_set = load(path)
        with opened(question_set) as handler:
            for case in question_set.cases:
                answer = handler.ask(case.question)
                if answer.error is not None:
                    continue
                given = GivenAnswer(
                    id=case.id, columns=[c.name for c in answer.columns], rows=answer.rows, error=None
                )
                right = judge(case, given, handler.warehouse) == "right"
                samples.append(Sample(path.stem, half_of(case), seen["features"], right))
    return samples


def fit(samples: list[Sample]) -> confidence.Weights:
    """Fit the weights by Newton's method."""
    names = list(samples[0].features)
    x = np.array([[sample.features[name] for name in names] for sample in samples])
    y = np.array([float(sample.right) for sample in samples])
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.c_[np.ones(len(x)), (x - mean) / scale]
    w = np.zeros(z.shape[1])
    penalty = np.r_[0.0, np.full(len(names), _PENALTY)]
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ w))
        w -= np.linalg.solve(
            (z * (p * (1 - p))[:, None]).T @ z + np.diag(penalty + 1e-6), z.T @ (p - y) + penalty * w
        )
    rounded = [
        dict(zip(names, (round(float(v), 4) for v in row), strict=True)) for row in (mean, scale, w[1:])
    ]
    return confidence.Weights(round(float(w[0]), 4), *rounded)


def area(scores: list[float], samples: list[Sample]) -> float:
    """Return the area under the ROC curve (Mann-Whitney U over the number of pairs)."""
    right = [s for s, sample in zip(scores, samples, strict=True) if sample.right]
    wrong = [s for s, sample in zip(scores, samples, strict=True) if not sample.right]
    won = sum((a > b) + 0.5 * (a == b) for a in right for b in wrong)
    return won / max(1, len(right) * len(wrong))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the weights that the engine uses")
    options = parser.parse_args()
    samples = collect()
    tune = [sample for sample in samples if sample.half == "dev"]
    held = [sample for sample in samples if sample.half == "held"]
    left_out = [0.0] * len(tune)
    for name in {sample.set_name for sample in tune}:
        weights = fit([sample for sample in tune if sample.set_name != name])
        for at, sample in enumerate(tune):
            if sample.set_name == name:
                left_out[at] = weights.probability(sample.features)
    fitted = fit(tune)
    used = fitted if options.write else confidence.load_weights()
    if options.write:
        FILE.write_text(json.dumps(asdict(fitted), indent=1) + "\n", encoding="utf-8")
    on_held = [used.probability(sample.features) for sample in held]
    figures = {
        "area_sets_left_out": round(area(left_out, tune), 3),
        "area_held": round(area(on_held, held), 3),
        "held_shown": len(held),
        "held_right_percent": round(100 * sum(s.right for s in held) / len(held), 1),
        "held_mean_confidence_percent": round(100 * float(np.mean(on_held)), 1),
    }
    print(json.dumps({"name": "confidence", "figures": figures, "goals": {"area_held_min": 0.65},
                      "met": figures["area_held"] >= 0.65}))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Tuning: what was tried, what it was worth, and which parts of the config matter."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from datacraft.contracts.estimate import Estimate
from datacraft.contracts.search_space import Choice, Range, label_of
from datacraft.contracts.tuning import Trial, TrialEnd, TuningReport
from datacraft.evaluation.reports.charts.frame import around
from datacraft.evaluation.reports.charts.parallel import Axis, Line, parallel
from datacraft.evaluation.reports.charts.points import Point, slice_of
from datacraft.evaluation.reports.charts.rows import Bar, bars
from datacraft.evaluation.reports.gathered import Gathered
from datacraft.evaluation.reports.markup import Child, Markup, element
from datacraft.evaluation.reports.sections.blocks import (
    PERCENT,
    UNKNOWN,
    chip,
    figure,
    fold,
    ranged,
    section,
    table,
)

_MOST_BARS = 12
_PROJECTED = (
    "Scores of trials that stopped early are what they would be over all cases if the trial kept its distance to the "
    "best on the cases that both were asked."
)
_ENDS: dict[TrialEnd, tuple[str, str]] = {
    "finished": ("all cases", "good"),
    "surely_worse": ("surely worse", "bad"),
    "outranked": ("behind", ""),
    "budget": ("budget ended", "warn"),
    "invalid": ("not possible", ""),
}


def tuning(gathered: Gathered) -> Markup | None:
    """Return the section; nothing where nothing was tuned."""
    report = gathered.tuning
    if report is None:
        return None
    scored = sorted(
        (trial for trial in report.trials if trial.projected is not None),
        key=lambda trial: (trial.cases, _score(trial)),
    )
    best = report.trial_of(report.best)
    return section(
        "tuning",
        "Tuning",
        _told(report, best),
        figure(
            "Every trial through its settings to its score",
            _coordinates(report, scored),
            _legend(),
            element("p", _PROJECTED, class_="note"),
        ),
        element("div", *(_slice(report, part, scored) for part in report.space.parameters), class_="pair"),
        element(
            "div",
            figure(f"How far trials came: {_how_many(scored)}", _race(report, scored)),
            figure(
                "What each part explains of the scores, alone",
                bars(
                    [
                        Bar(part, 100 * value, f"{100 * value:.0f}{PERCENT}")
                        for part, value in sorted(report.importance.items(), key=lambda item: -item[1])
                    ],
                    "Share of the variance of scores by part",
                    "percent of the variance",
                    most=100.0,
                ),
            ),
            class_="pair",
        ),
        fold(f"All {len(report.trials)} trials", _trials(report)),
    )


def _score(trial: Trial) -> float:
    return trial.projected if trial.projected is not None else 0.0


def _exactly(value: float, cases: int) -> Estimate:
    return Estimate(value=value, low=value, high=value, n=cases)


def _told(report: TuningReport, best: Trial) -> str:
    share = report.calls / max(report.calls_of_all, 1)
    start = report.trials[0]
    gain = (
        "The config that it started from was not beaten."
        if best.number == 0
        else f"The best, {best.name}, scores {ranged(best.score)}; that is {report.gain.value:+.1f} points "
        f"({report.gain.low:+.1f} to {report.gain.high:+.1f}) against {start.name}, on the cases it was chosen by."
    )
    ended = "" if report.stopped is None else f" It ended early: {report.stopped}."
    return (
        f"{len(report.trials)} configs ({report.method}) raced on {report.cases} cases of the part {report.split}, with "
        f"{report.calls:,} calls: {share:.0%} of what asking all of them everything takes. {gain}{ended}"
    )


def _legend() -> Markup:
    return element(
        "p", chip("best", "key strong"), " ", chip("asked all cases", "key plain"), " ",
        chip("stopped early", "key soft"), class_="legend",
    )  # fmt: skip


def _class_of(report: TuningReport, trial: Trial) -> str:
    if trial.config_id == report.best:
        return "strong"
    return "plain" if trial.end == "finished" else "soft"


def _coordinates(report: TuningReport, trials: Sequence[Trial]) -> Markup:
    axes = [_axis(parameter, trials) for parameter in report.space.parameters]
    scores = [_score(trial) for trial in trials]
    axes.append(Axis("score", low=min(scores), high=max(scores)))
    lines = [
        Line(
            (
                *(
                    place_of(axis, trial.settings.get(parameter.part))
                    for axis, parameter in zip(axes, report.space.parameters, strict=False)
                ),
                _score(trial),
            ),
            _class_of(report, trial),
            f"{trial.name}: {_score(trial):.1f}, {trial.cases} cases",
        )
        for trial in trials
    ]
    lines.sort(key=lambda line: ("soft", "plain", "strong").index(line.class_))
    return parallel(axes, lines, "Settings and score of every trial")


def _axis(parameter: Choice | Range, trials: Sequence[Trial]) -> Axis:
    values = [trial.settings.get(parameter.part) for trial in trials]
    numbers = [float(value) for value in values if isinstance(value, int | float)]
    if isinstance(parameter, Range):  # where the base leaves it to the provider, its line passes the axis by
        low, high = min(numbers, default=parameter.low), max(numbers, default=parameter.high)
        return Axis(parameter.part, low=low, high=high)
    known = [*parameter.values, *values]
    if all(isinstance(value, int | float) for value in known):  # a base may lie between what is listed
        known = sorted(known, key=lambda value: float(str(value)))
    return Axis(parameter.part, tuple(dict.fromkeys(map(label_of, known))))


def place_of(axis: Axis, value: JsonValue) -> float | None:
    """Return where a value stands on an axis."""
    if axis.labels:
        return float(axis.labels.index(label_of(value)))
    return float(value) if isinstance(value, int | float) else None


def _slice(report: TuningReport, parameter: Choice | Range, trials: Sequence[Trial]) -> Markup:
    axis = _axis(parameter, trials)
    points = [
        Point("", place, _exactly(_score(trial), trial.cases), _class_of(report, trial))
        for trial in trials
        if (place := place_of(axis, trial.settings.get(parameter.part))) is not None
    ]
    points.sort(key=lambda point: ("soft", "plain", "strong").index(point.class_))
    span = around([point.y.value for point in points], least=5.0)
    drawn = slice_of(points, f"Score by {parameter.part}", parameter.part, span, labels=axis.labels)
    return figure(f"Score by {parameter.part}", drawn)


def _how_many(trials: Sequence[Trial]) -> str:
    return f"the first {_MOST_BARS} of {len(trials)}" if len(trials) > _MOST_BARS else "all of them"


def _race(report: TuningReport, trials: Sequence[Trial]) -> Markup:
    rows = [
        Bar(
            ", ".join(label_of(value) for value in trial.settings.values()),
            float(trial.cases),
            f"{trial.cases} cases, {_score(trial):.1f}",
            _class_of(report, trial),
        )
        for trial in reversed(trials[-_MOST_BARS:])
    ]
    return bars(rows, "Cases that each trial was asked", "cases asked", most=float(report.cases))


def _trials(report: TuningReport) -> Markup:
    rows: list[Sequence[Child]] = []
    for trial in report.trials:
        shown, class_ = _ENDS[trial.end]
        settings = ", ".join(f"{part} = {label_of(value)}" for part, value in trial.settings.items())
        rows.append(
            (
                str(trial.number),
                element("b", settings) if trial.config_id == report.best else settings,
                ranged(trial.score),
                f"{trial.projected:.1f}" if trial.projected is not None else UNKNOWN,
                str(trial.cases),
                chip(shown, class_),
                element("span", trial.reason, class_="wrap"),
            )
        )
    return table(
        ["", "settings", "score on its cases", "over all", "cases", "end", "why"], rows, numbers=(0, 2, 3, 4)
    )

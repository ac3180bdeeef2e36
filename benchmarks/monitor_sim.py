"""Does monitoring stay silent while nothing changes, and find what does within a day? Simulated months of production.

A month has 28 days of history and 30 that are looked at every 6 hours. 2,000 questions a day come and go with the hour and
the weekday, grow, stop on holidays and vary from day to day; so do the shares that fail, are refused, slow and doubted.
Each day 200 cases are graded and the data are loaded anew. Every look is the product's own: `monitor_production` on
figures, drift reports and gradings that are drawn, and the book of alarms. Only the counting of records and rows is
replaced; questions have features here and no words (see `make bench NAME=drift_verdicts` for those of data).

- false alarms: months in which anything opens an alarm.
- found: months with a fault, of which an alarm that is about it opens within 24 hours. The fault begins at any minute
  after the tenth day.
- slow drift: one row in a hundred more each day is of another category; to be found before its score is 0.3.

Beside it, on the same looks: the thresholds and burn rates alone, and the rule `p < 0.01` for each figure and column.
Evidently's data drift preset judges the columns of 200 looks where EVIDENTLY_PYTHON names a Python that has it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtr
from scipy.stats import binomtest

from datacraft.config import Settings
from datacraft.contracts.alarm import AlarmBook
from datacraft.contracts.drift import DayDrift, DriftReport, QuestionDrift, TrafficDrift
from datacraft.contracts.metrics import DayCounts, MetricsReport, Quantiles, WindowMetrics
from datacraft.contracts.monitoring import (
    AccuracyCheck,
    GradedCase,
    Grading,
    MonitoringPolicy,
    ProductionReport,
    ServiceLevel,
)
from datacraft.contracts.profile import ColumnProfile, DataProfile
from datacraft.monitoring import monitor_production
from datacraft.monitoring.alarms.book import looked
from datacraft.monitoring.grading import check_accuracy
from datacraft.profiles import profile_data
from datacraft.profiles.drift import compare_profiles

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

MONTHS, HISTORY_D, MONTH_D, LOOK_H, PER_DAY = 500, 28, 30, 6, 2_000
START = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)  # a Monday
GOALS = {"false_alarms_max": 0.02, "found_min": 0.95, "slow_drift_score_max": 0.3}
POLICY = MonitoringPolicy(
    # One question in a hundred fails here all the time, which a promise of 99 % would have no budget for.
    service_level=ServiceLevel(objective=0.98),
)
SETTINGS = Settings(channel="production")
ABOUT = {
    "error rate 1 to 5 %": {"unusual errors", "error rate", "error budget"},
    "latency x 2": {"unusual latency", "latency"},
    "accuracy -10 points": {"accuracy"},
    "category mix by 0.25": {"data drift"},
    "unit change": {"data drift"},
    "schema change": {"data drift"},
    "new topic in 15 %": {"traffic drift", "unusual traffic"},
}
THRESHOLDS = {"error rate", "success rate", "latency", "thumbs", "error budget", "down"}
_P = 0.01
_BUCKETS = 60


@dataclass(frozen=True)
class Fault:
    """What happens, and when: hours after the history."""

    name: str | None = None
    at_h: float = math.inf

    def share(self, name: str, start_h: float, hours: float) -> float:
        """Return which share of a stretch of time a fault covers."""
        if name != self.name:
            return 0.0
        return min(1.0, max(0.0, (start_h + hours - self.at_h) / hours))


@dataclass
class Traffic:
    """Counts of every hour.

    Attributes:
        counts: hours x requests, failed, refused, doubted.
        took: hours x buckets of latency, of answers.
        topics: hours x topics.
    """

    counts: Counts
    took: Counts
    topics: Counts


TOPICS = np.array([0.3, 0.2, 0.15, 0.1, 0.1, 0.08, 0.05, 0.02])


def traffic_of(rng: np.random.Generator, fault: Fault, days: int) -> Traffic:
    """Draw the questions of the history and so many days."""
    hours = (HISTORY_D + days) * 24
    hour = np.arange(hours)
    day, weekday = hour // 24, hour // 24 % 7
    weekend = weekday >= 5
    daily = 1 + 0.9 * np.sin((hour % 24 - 7) / 24 * 2 * np.pi)
    weekly = np.array([1.1, 1.15, 1.1, 1.1, 1.0, 0.4, 0.35])[weekday]
    growth = (1 + rng.uniform(-0.005, 0.015)) ** day
    holiday = np.where(np.isin(day, rng.choice(HISTORY_D + days, rng.integers(0, 4))), 0.25, 1.0)

    def by_day(spread: float) -> Floats:
        return rng.lognormal(-(spread**2) / 2, spread, HISTORY_D + days)[day]

    expected = PER_DAY / 24 * daily * weekly / weekly.mean() * growth * holiday * by_day(0.1)
    asked = rng.poisson(expected)
    since = hour - HISTORY_D * 24
    broken = np.array([fault.share("error rate 1 to 5 %", float(one), 1) for one in since])
    failed = rng.binomial(asked, np.clip((0.01 + 0.04 * broken) * by_day(0.15), 0, 1))
    refused = rng.binomial(asked - failed, np.clip(0.1 * np.where(weekend, 1.2, 1) * by_day(0.05), 0, 1))
    answered = asked - failed - refused
    doubted = rng.binomial(answered, np.clip(0.03 * by_day(0.1), 0, 1))
    slow = np.array([fault.share("latency x 2", float(one), 1) for one in since])
    load = 150 * (1 + 0.15 * (daily - 1)) * by_day(0.05)
    took = rng.multinomial(answered, _mixed(_latency(load), _latency(2 * load), slow))
    season = 0.01 * np.sin(2 * np.pi * (day + rng.integers(365)) / 30)
    topics = np.tile(np.append(TOPICS, 0.0), (hours, 1))
    topics[:, 0] += season - 0.04 * weekend
    topics[:, 1] += 0.04 * weekend - season
    new = np.array([fault.share("new topic in 15 %", float(one), 1) for one in since])
    fresh = np.zeros_like(topics)
    fresh[:, -1] = 1
    return Traffic(
        np.stack((asked, failed, refused, doubted), axis=1), took, rng.multinomial(asked, _mixed(topics, fresh, 0.15 * new))
    )  # fmt: skip


def _mixed(one: Floats, other: Floats, share: Floats) -> Floats:
    return one * (1 - share)[:, None] + other * share[:, None]


def _latency(median_ms: Floats) -> Floats:
    """Return the chance of each quarter octave of log-normal latencies (sigma 0.8)."""
    edges = np.arange(_BUCKETS + 1) / 4 * math.log(2)
    below = ndtr((edges[None, :] - np.log(median_ms)[:, None]) / 0.8)
    below[:, 0], below[:, -1] = 0, 1
    return np.asarray(np.diff(below, axis=1))


@dataclass
class Figures:
    """A `MetricSource` that reads simulated hours."""

    traffic: Traffic
    rng: np.random.Generator

    def read(
        self, now: dt.datetime, windows_s: Sequence[int], within_ms: Sequence[int] = (), days: int = 0
    ) -> MetricsReport:
        """Return the figures until now, which is a full hour."""
        end = round((now - START) / dt.timedelta(hours=1))
        return MetricsReport(
            created_at=now,
            source="simulated",
            windows=tuple(self._window(end, seconds) for seconds in windows_s),
            days=tuple(self._day(end, ago) for ago in range(min(days, end // 24))),
            last_at=now,
        )

    def _window(self, end: int, seconds: int) -> WindowMetrics:
        if seconds < 3_600:
            hour = self.traffic.counts[end - 1]
            part = self.rng.binomial(hour, seconds / 3_600)
            counts, took = np.minimum(part, hour), self.traffic.took[end - 1]
            counts[1] = min(counts[1], counts[0])
            counts[2] = min(counts[2], counts[0] - counts[1])
        else:
            hours = slice(max(0, end - seconds // 3_600), end)
            counts, took = self.traffic.counts[hours].sum(axis=0), self.traffic.took[hours].sum(axis=0)
        asked, failed, refused, doubted = (int(one) for one in counts)
        return WindowMetrics(
            scope="channel", channel="production", window_s=seconds, requests=asked, answered=asked - failed - refused,
            failed=failed, refused=refused, doubted=doubted, latency=_quantiles(took),
        )  # fmt: skip

    def _day(self, end: int, ago: int) -> DayCounts:
        hours = slice(end - 24 * (ago + 1), end - 24 * ago)
        asked, failed, refused, doubted = (int(one) for one in self.traffic.counts[hours].sum(axis=0))
        took = self.traffic.took[hours].sum(axis=0)
        return DayCounts(
            channel="production", ago=ago, requests=asked, answered=asked - failed - refused, failed=failed,
            doubted=doubted, took={int(one): int(took[one]) for one in np.flatnonzero(took)},
        )  # fmt: skip


def _quantiles(took: Counts) -> Quantiles | None:
    if not took.sum():
        return None
    places = np.searchsorted(np.cumsum(took), np.array([0.5, 0.95, 0.99]) * took.sum())
    p50, p95, p99 = (float(2 ** ((one + 0.5) / 4)) for one in places)
    return Quantiles(p50=p50, p95=p95, p99=p99)


ROWS = 20_000
CATEGORIES = {"category": np.array([0.4, 0.3, 0.2, 0.1]), "city": np.full(20, 0.05)}


@cache
def template() -> DataProfile:
    """Profile a month of data with the product's own profiler: kinds, bins, and how much columns move by themselves."""
    rng = np.random.default_rng(1)
    columns = {
        name: rng.choice([f"{name} {one}" for one in range(len(p))], ROWS, p=p)
        for name, p in CATEGORIES.items()
    }
    columns["amount"] = rng.lognormal(4, 1, ROWS)
    columns["quantity"] = rng.poisson(4, ROWS).astype(np.float64)
    seconds = rng.uniform(0, HISTORY_D * 86_400, ROWS)
    columns["sold_at"] = np.datetime64("2026-01-05", "us") + (seconds * 1e6).astype("timedelta64[us]")
    with duckdb.connect() as connection:
        given = pa.table(columns)  # noqa: F841 - DuckDB reads it
        connection.execute("CREATE TABLE sales AS FROM given")
        return profile_data(connection, START)


def data_of(
    rng: np.random.Generator, moved: float = 0.0, *, unit: bool = False, gone: bool = False
) -> DataProfile:
    """Draw the profile of one day's data, whose mix wiggles.

    Args:
        rng: draws.
        moved: total variation by which the category's mix is another.
        unit: amounts are in cents.
        gone: the column city is gone.
    """
    whole = template()
    (table,) = whole.tables
    columns = [
        _column(rng, one, moved, unit=unit) for one in table.columns if not (gone and one.name == "city")
    ]
    return whole.model_copy(update={"tables": [table.model_copy(update={"columns": columns, "sample": {}})]})


def _column(rng: np.random.Generator, column: ColumnProfile, moved: float, *, unit: bool) -> ColumnProfile:
    if column.name in CATEGORIES:
        share = CATEGORIES[column.name] * np.exp(rng.normal(0, 0.02, len(CATEGORIES[column.name])))
        share /= share.sum()
        if column.name == "category":
            other = np.zeros(len(share))
            other[-1] = 1
            # Mixing in so much of the last category makes this total variation.
            share = share + (other - share) * moved / (1 - share[-1])
        counts = rng.multinomial(ROWS, share)
        return column.model_copy(
            update={"top_values": {f"{column.name} {one}": int(count) for one, count in enumerate(counts)}}
        )
    if not column.bin_counts:
        return column
    share = np.array(column.bin_counts) / sum(column.bin_counts)
    counts = [int(one) for one in rng.multinomial(ROWS, share)]
    if unit and column.name == "amount":
        edges = [100 * one for one in column.bin_edges]
        quantiles = {name: 100 * one for name, one in column.quantiles.items()}
        return column.model_copy(update={"bin_counts": counts, "bin_edges": edges, "quantiles": quantiles})
    return column.model_copy(update={"bin_counts": counts})


def traffic_drift(traffic: Traffic, end: int, alpha: float) -> TrafficDrift:
    """Compare topics as `drift_of_traffic` does, of the week and of the day against the time before the week."""
    before = _topics(traffic.topics[max(0, end - 35 * 24) : end - 7 * 24].sum(axis=0))
    week = compare_profiles(before, _topics(traffic.topics[end - 7 * 24 : end].sum(axis=0)), alpha=alpha / 5)
    day = compare_profiles(before, _topics(traffic.topics[end - 24 : end].sum(axis=0)), alpha=alpha / 5)
    drifted = week.drifted or day.drifted
    return TrafficDrift(
        created_at=START, channel="production", release_id=None, window_s=7 * 86_400, before_s=28 * 86_400,
        against_set=None, against_before=_steady(week), behaviour=week, alpha=alpha, score=max(week.score, day.score),
        day=DayDrift(window_s=86_400, questions=_steady(day), behaviour=day),
        verdict="drifted" if drifted else "steady", words=week.words,
    )  # fmt: skip


def _steady(features: DriftReport) -> QuestionDrift:
    """Return a comparison of questions whose words say nothing."""
    return QuestionDrift(
        created_at=START, questions=(0, 0), features=features, new_words=None, telling_words=[], separation=0.5, p_value=1,
        score=0, verdict="steady", words="",
    )  # fmt: skip


def _topics(counts: Counts) -> DataProfile:
    """Return the profile of topics, at most 5,000 questions, as the product samples them."""
    (table,) = template().tables
    total = int(counts.sum())
    if total > 5_000:
        counts = np.random.default_rng(total).multivariate_hypergeometric(counts, 5_000)
    known = {f"topic {one}": int(count) for one, count in enumerate(counts) if count}
    column = next(one for one in table.columns if one.name == "category").model_copy(
        update={
            "name": "topic", "rows": int(counts.sum()), "nulls": 0, "distinct": len(known), "top_values": known,
            "other_count": 0, "spread": 0.0, "rows_per_case": 1.0, "distinct_sketch": None,
        }
    )  # fmt: skip
    return template().model_copy(
        update={
            "tables": [
                table.model_copy(
                    update={"name": "questions", "rows": int(counts.sum()), "columns": [column], "sample": {}}
                )
            ]
        }
    )


@dataclass
class Month:
    """One month of production under the eyes of monitoring.

    Attributes:
        opened: hours after the history at which alarms of a name first opened.
        others: hours at which the rules that it is compared with told of something; they keep no alarms.
        score: of the data's drift when its alarm opened.
    """

    seed: tuple[int, ...]
    fault: Fault = Fault()
    slow: float = 0.0
    opened: dict[str, float] = field(default_factory=dict)
    others: dict[str, list[tuple[str, float]]] = field(
        default_factory=lambda: {"thresholds": [], "p < 0.01": []}
    )
    score: float | None = None

    def run(self, first_h: float, last_h: float, until: str | None = None) -> Month:
        """Look every six hours after `first_h` until `last_h`, or until an alarm of a name opens."""
        rng = np.random.default_rng(self.seed)
        offset = int(rng.integers(0, LOOK_H))
        days = math.ceil(last_h / 24) + 1
        traffic = traffic_of(rng, self.fault, days)
        source, baseline = Figures(traffic, rng), data_of(rng)
        known = {f"c{one}": bool(right) for one, right in enumerate(rng.random(200) < 0.8)}
        book, gradings, data, accuracy, graded_h = AlarmBook(), [], None, None, -math.inf
        for hour in range(offset, round(last_h) + 1, LOOK_H):
            if hour <= first_h:
                continue
            if until in self.opened:
                break
            now = START + dt.timedelta(days=HISTORY_D, hours=hour)
            day_starts = hour % 24 < LOOK_H
            if data is None or day_starts or self._data_fault(hour):
                current = self._data(rng, hour)
                data = compare_profiles(baseline, current, alpha=POLICY.level)
                self._note("p < 0.01", data_p(baseline, current), hour)
            if accuracy is None or hour - graded_h >= POLICY.grading.every_h:
                graded_h = hour
                gradings.insert(0, self._graded(rng, known, now, hour))
                accuracy = check_accuracy(gradings, known)
            report = monitor_production(
                SETTINGS, POLICY, now, source=source, data=lambda found=data: found,
                traffic=lambda _, end=HISTORY_D * 24 + hour: traffic_drift(traffic, end, POLICY.level), accuracy=accuracy,
            )  # fmt: skip
            self._compare(report, traffic, HISTORY_D * 24 + hour, hour, accuracy)
            book, events = looked(book, report, POLICY.decisions)
            for event in events:
                if event.kind == "opened":
                    self.opened.setdefault(event.alarm.name, hour)
                    if event.alarm.name == "data drift":
                        self.score = data.score
        return self

    def _data_fault(self, hour: int) -> bool:
        return (
            self.fault.name in ("category mix by 0.25", "unit change", "schema change")
            and 0 <= hour - self.fault.at_h < LOOK_H
        )

    def _data(self, rng: np.random.Generator, hour: int) -> DataProfile:
        broken = hour >= self.fault.at_h
        moved = 0.25 if broken and self.fault.name == "category mix by 0.25" else self.slow * (hour // 24)
        return data_of(
            rng, moved, unit=broken and self.fault.name == "unit change", gone=broken and self.fault.name == "schema change"
        )  # fmt: skip

    def _graded(
        self, rng: np.random.Generator, known: dict[str, bool], now: dt.datetime, hour: int
    ) -> Grading:
        """Grade the cases: one in 200 comes out otherwise by chance; of a fault, so many are lost as make 10 points."""
        flaky = rng.random(200) < 0.005
        lost = np.zeros(200, dtype=bool)
        if self.fault.name == "accuracy -10 points" and hour >= self.fault.at_h:
            lost = np.random.default_rng((*self.seed, 7)).random(200) < 0.1 / 0.8
        return Grading(
            at=now, channel="production", release_id="r", question_set="simulated", cost_usd=0,
            cases=tuple(
                GradedCase(case=name, right=(right and not lost[one]) != flaky[one], outcome="answered")
                for one, (name, right) in enumerate(known.items())
            ),
        )  # fmt: skip

    def _note(self, rule: str, names: Sequence[str], hour: float) -> None:
        self.others[rule] += [(name, hour) for name in names]

    def _compare(
        self, report: ProductionReport, traffic: Traffic, end: int, hour: int, accuracy: AccuracyCheck
    ) -> None:
        self._note("thresholds", [one.name for one in report.alerts if one.name in THRESHOLDS], hour)
        self._note("p < 0.01", list(figures_p(traffic, end)), hour)
        if accuracy.right < accuracy.expected and accuracy.p_value <= _P:
            self._note("p < 0.01", ["accuracy"], hour)


def figures_p(traffic: Traffic, end: int) -> Iterator[str]:
    """Yield the figures that Pearson's test tells from the 28 days before at p < 0.01."""
    day, before = slice(end - 24, end), slice(max(0, end - 29 * 24), end - 24)
    now, then = (traffic.counts[one].sum(axis=0) for one in (day, before))
    answered, was = now[0] - now[1] - now[2], then[0] - then[1] - then[2]
    for name, bad, of, bad_then, of_then in (
        ("unusual errors", now[1], now[0], then[1], then[0]),
        ("unusual refusals", now[2], now[0] - now[1], then[2], then[0] - then[1]),
        ("unusual doubt", now[3], answered, then[3], was),
    ):
        if _differ([[bad, of - bad], [bad_then, of_then - bad_then]]):
            yield name
    if _differ([traffic.took[day].sum(axis=0), traffic.took[before].sum(axis=0)]):
        yield "unusual latency"
    if _differ([traffic.topics[day].sum(axis=0), traffic.topics[before].sum(axis=0)]):
        yield "unusual traffic"


def data_p(baseline: DataProfile, current: DataProfile) -> list[str]:
    """Return `data drift` where any column differs at p < 0.01."""
    now = {one.name: one for one in current.tables[0].columns}
    for old in baseline.tables[0].columns:
        new = now.get(old.name)
        if new is None or old.bin_edges != new.bin_edges:
            return ["data drift"]
        sides = (
            [[*one.top_values.values()] for one in (old, new)]
            if old.top_values
            else [old.bin_counts, new.bin_counts]
        )
        if sides[0] and _differ(sides):
            return ["data drift"]
    return []


def _differ(table: Sequence[Sequence[int] | Counts]) -> bool:
    counts = np.array(table, dtype=np.float64)
    counts = counts[:, counts.sum(axis=0) > 0]
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / max(1.0, counts.sum())
    freedom = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    return freedom > 0 and bool(chdtrc(freedom, ((counts - expected) ** 2 / expected).sum()) < _P)


def silent(month: int) -> Month:
    """Return a month in which nothing changes."""
    return Month((0, month)).run(0, MONTH_D * 24)


def broken(name: str, month: int) -> Month:
    """Return a day before and a day after a fault."""
    number = list(ABOUT).index(name)
    at_h = float(np.random.default_rng((1, number, month)).uniform(10, MONTH_D - 2)) * 24
    return Month((1, number, month), Fault(name, at_h)).run(at_h - 24, at_h + 24)


def drifting(month: int) -> Month:
    """Return a month in which the category's mix moves by one point a day."""
    return Month((2, month), slow=0.01).run(0, MONTH_D * 24, until="data drift")


def share(count: int, runs: int) -> dict[str, object]:
    """Return a rate with its interval."""
    found = binomtest(count, runs).proportion_ci(0.99, method="wilson")
    return {"rate": round(count / runs, 4), "count": count, "runs": runs, "interval_99": [round(found.low, 4), round(found.high, 4)]}  # fmt: skip


def false_alarms(months: Sequence[Month]) -> dict[str, dict[str, object]]:
    """Return in how many months each rule raised anything."""
    found = {"monitoring": share(sum(bool(one.opened) for one in months), len(months))}
    for rule in ("thresholds", "p < 0.01"):
        found[rule] = share(sum(bool(one.others[rule]) for one in months), len(months))
    return found


def found_within_a_day(name: str, months: Sequence[Month]) -> dict[str, dict[str, object]]:
    """Return how many of the faults each rule told of within 24 hours, by an alarm that is about it."""

    def told(alarms: Iterable[tuple[str, float]], month: Month) -> bool:
        return any(0 <= hour - month.fault.at_h <= 24 for one, hour in alarms if one in ABOUT[name])

    found = {"monitoring": share(sum(told(one.opened.items(), one) for one in months), len(months))}
    for rule in ("thresholds", "p < 0.01"):
        found[rule] = share(sum(told(one.others[rule], one) for one in months), len(months))
    return found


def main() -> int:
    """Run all simulations and print the figures; the last line is one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--months", type=int, default=MONTHS)
    months = parser.parse_args().months
    started = time.perf_counter()
    template()  # before processes are forked
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        quiet = list(pool.map(silent, range(months), chunksize=5))
        faults = {name: list(pool.map(broken, [name] * months, range(months), chunksize=5)) for name in ABOUT}
        slow = list(pool.map(drifting, range(months), chunksize=5))
    alarms = false_alarms(quiet)
    for rule, row in alarms.items():
        print(f"nothing changes: {rule} raised an alarm in {row['rate']:.1%} of {months} months")
    causes = Counter(name for one in quiet for name in one.opened)
    print(f"  monitoring's were about: {dict(causes) or 'nothing'}")
    found = {name: found_within_a_day(name, ones) for name, ones in faults.items()}
    print(f"{'found within 24 hours':24} {'monitoring':>12} {'thresholds':>12} {'p < 0.01':>12}")
    for name, rules in found.items():
        print(f"{name:24} " + " ".join(f"{row['rate']:12.1%}" for row in rules.values()))
    early = share(
        sum(one.score is not None and one.score < GOALS["slow_drift_score_max"] for one in slow), months
    )
    print(f"slow drift of 1 % a day: found before its score was 0.3 in {early['rate']:.1%}")
    met = (
        _at_most(alarms["monitoring"], GOALS["false_alarms_max"])
        and all(_at_least(rules["monitoring"], GOALS["found_min"]) for rules in found.values())
        and _at_least(early, GOALS["found_min"])
    )
    figures = {
        "false_alarms": alarms,
        "false_alarms_about": dict(causes),
        "found": found,
        "slow_drift": early,
        "evidently": evidently(),
        "seconds": round(time.perf_counter() - started, 1),
    }
    print(json.dumps({"name": "monitor_sim", "figures": figures, "goals": GOALS, "met": met}))
    return 0


def _at_most(row: dict[str, object], bound: float) -> bool:
    return bool(binomtest(row["count"], row["runs"], bound, alternative="greater").pvalue >= 0.01)  # type: ignore[arg-type]


def _at_least(row: dict[str, object], bound: float) -> bool:
    return bool(binomtest(row["count"], row["runs"], bound, alternative="less").pvalue >= 0.01)  # type: ignore[arg-type]


def evidently() -> dict[str, object] | str:
    """Return how often Evidently's defaults call a category drifted, of 100 looks that changed by 0.25 and 100 that didn't."""
    python = os.environ.get("EVIDENTLY_PYTHON")
    if python is None:
        print("Evidently: not installed (EVIDENTLY_PYTHON names no Python), not compared")
        return "not installed"
    import subprocess

    import pyarrow.parquet as pq
    from drift_verdicts import EVIDENTLY

    rng = np.random.default_rng(5)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(200):
            for side, moved in (("old", 0.0), ("new", 0.25 if number >= 100 else 0.0)):
                column = next(one for one in data_of(rng, moved).tables[0].columns if one.name == "category")
                values = [value for value, count in column.top_values.items() for _ in range(count)]
                pq.write_table(pa.table({"x": values}), Path(folder) / f"{number:03}_{side}.parquet")
        ran = subprocess.run([python, "-c", EVIDENTLY, folder], capture_output=True, text=True, check=True)
    verdicts = json.loads(ran.stdout.splitlines()[-1])
    return {"false_alarms": share(sum(verdicts[:100]), 100), "category_mix": share(sum(verdicts[100:]), 100)}


if __name__ == "__main__":
    sys.exit(main())

"""A look at production as one HTML file: the status at a glance, why, the figures, and what drifted."""

from __future__ import annotations

from datacraft.contracts.drift import TrafficDrift
from datacraft.contracts.monitoring import AccuracyCheck, Alert, ProductionReport
from datacraft.evaluation.reports.markup import Markup, element
from datacraft.evaluation.reports.sections.blocks import chip, section, table, tile
from datacraft.monitoring.drift_report import document, drift_sections
from datacraft.monitoring.health.windows import seconds
from datacraft.monitoring.metrics import window_name
from datacraft.monitoring.production_report.summary import accuracy_words, figure_rows

_CLASS = {"healthy": "good", "degraded": "warn", "down": "bad", "unknown": ""}
_SEVERITY_CLASS = {"page": "bad", "ticket": "warn", "note": ""}


def as_page(report: ProductionReport) -> str:
    """Return the report as one HTML document."""
    chips = [report.release_id or "no release", f"{report.at:%Y-%m-%d %H:%M} UTC"]
    parts = [_summary(report), _wrong(report.alerts), _figures(report), _releases(report), _skipped(report)]
    if report.accuracy is not None:
        parts.append(_accuracy(report.accuracy))
    if report.traffic is not None:
        parts.append(_traffic(report.traffic))
    if report.data is not None:
        parts += drift_sections(report.data)
    return document(f"Production: {report.channel}", chips, parts)


def _summary(report: ProductionReport) -> Markup:
    health = report.health
    judged = next(one for one in health.windows if one.window_s == seconds(health.policy.window_h))
    window = f"in {window_name(judged.window_s)}"
    drift = "not compared" if report.data is None else report.data.verdict
    tiles = element(
        "div",
        tile("Status", health.status, report.channel, class_=_CLASS[health.status]),
        tile("Questions", f"{judged.requests:,}", window),
        tile("Answered", _rate(judged.answer_rate), f"at least {health.policy.min_success_rate:.0%} wanted"),
        tile("Failed inside", _rate(judged.error_rate), f"at most {health.policy.max_error_rate:.1%}"),
        tile(
            "p95", f"{judged.latency.p95:,.0f} ms" if judged.latency else "–",
            f"at most {health.policy.max_latency_p95_ms:,.0f} ms",
        ),
        tile("Data", drift, "" if report.data is None else f"score {report.data.score:.2f}", class_="bad" if drift == "drifted" else ""),
        class_="tiles",
    )  # fmt: skip
    reasons = element(
        "div",
        *(element("p", one, class_=f"verdict {_CLASS[health.status]}".strip()) for one in health.reasons),
    )
    return section("health", "How production is doing", None, reasons, tiles)


def _wrong(alerts: tuple[Alert, ...]) -> Markup | None:
    if not alerts:
        return None
    listed = (
        element(
            "li",
            chip(one.severity, _SEVERITY_CLASS[one.severity]),
            " ",
            element("b", one.name),
            ": ",
            one.message,
        )
        for one in alerts
    )
    return section("alerts", "Alerts", None, element("ul", *listed, class_="findings"))


def _figures(report: ProductionReport) -> Markup:
    header = ["", *(window_name(one.window_s) for one in report.health.windows)]
    return section(
        "figures", "Figures", "Of windows that end now.", table(header, figure_rows(report.health.windows))
    )


def _releases(report: ProductionReport) -> Markup | None:
    if len(report.health.by_release) < 2:
        return None
    header = ["", *(one.release_id or "none" for one in report.health.by_release)]
    intro = f"In the last {report.health.policy.window_h:g} hours."
    return section("releases", "By release", intro, table(header, figure_rows(report.health.by_release)))


def _traffic(traffic: TrafficDrift) -> Markup:
    """What changed about questions and answers, and how far they are from the question set."""
    figures = [
        ["questions, against before", f"{traffic.against_before.score:.2f}", traffic.against_before.words],
        ["answers, against before", f"{traffic.behaviour.score:.2f}", traffic.behaviour.words],
    ]
    if (day := traffic.day) is not None:
        figures += [
            ["questions of the last day", f"{day.questions.score:.2f}", day.questions.words],
            ["answers of the last day", f"{day.behaviour.score:.2f}", day.behaviour.words],
        ]
    if traffic.against_set is not None:
        figures.append(
            [
                "questions, against the question set",
                f"{traffic.against_set.score:.2f}",
                traffic.against_set.words,
            ]
        )
    return section(
        "traffic", f"Questions and answers: {traffic.verdict}", None,
        element("p", traffic.words), table(["compared", "score", ""], figures),
    )  # fmt: skip


def _accuracy(accuracy: AccuracyCheck) -> Markup:
    """How right the graded cases are; which were lost."""
    lost = ", ".join(accuracy.lost_cases)
    return section(
        "accuracy", "Graded cases", "Questions whose answers are known, asked of the release that serves.",
        element("p", accuracy_words(accuracy)), element("p", f"Lost: {lost}") if lost else None,
    )  # fmt: skip


def _skipped(report: ProductionReport) -> Markup | None:
    if not report.skipped:
        return None
    return section(
        "skipped", "Not looked at", None, element("ul", *(element("li", one) for one in report.skipped))
    )


def _rate(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.1%}"

"""The shipped alert rules and dashboard speak of what /metrics exposes, and fire when they should."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from real_parts import missing_part

from datacraft.contracts.answer import Answer, Timings
from datacraft.contracts.errors import ErrorInfo
from datacraft.contracts.telemetry import UP_TO_WHO_ASKS
from datacraft.http.metrics import Metrics

INFRA = Path(__file__).parents[2] / "infra"
RULES = INFRA / "prometheus" / "alerts.yml"
DASHBOARD = json.loads((INFRA / "grafana" / "datacraft.json").read_text())
OTHERS = {"up"}  # Prometheus' own


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in rules())
    yield from (target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"])


def failed_answer() -> Answer:
    return Answer(
        question_id="q", question="?", asked_at=dt.datetime.now(dt.UTC),
        error=ErrorInfo(code="internal", message="!"), timings=Timings(total_ms=5),
    )  # fmt: skip


def exposed() -> dict[str, set[str]]:
    """Return the names of all series, each with the names of its labels, of metrics in which everything happened."""
    metrics = Metrics()
    metrics.watch(lambda: 0, lambda: 0, lambda: 1)
    metrics.watch_telemetry(lambda: None)
    metrics.request("GET", "/", 200, 0.1)
    metrics.feedback("down", "page")
    metrics.answer(failed_answer(), "api")
    return {
        sample.name: set(sample.labels)
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


def test_every_metric_and_label_is_exposed_or_recorded() -> None:
    known = exposed()
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    found = set()
    for expression in expressions():
        for name in re.findall(r"datacraft:[\w:]+", expression):
            assert name in recorded
        for name, labels in re.findall(r"(datacraft_\w+)(?:\{([^}]*)\})?", expression):
            found.add(name)
            assert name in known, expression
            assert set(re.findall(r"(\w+)\s*[=!]", labels)) <= known[name], expression
        for labels in re.findall(r"by \(([^)]*)\)", expression):
            assert set(labels.split(", ")) <= set().union(*known.values())
    assert len(found) >= 8


def test_what_is_up_to_who_asks_is_no_failure_here_either() -> None:
    outcomes = {found for one in expressions() for found in re.findall(r'outcome!~"([^"]*)"', one)}
    assert [set(one.split("|")) for one in outcomes] == [{"answered", *UP_TO_WHO_ASKS}]


def test_every_alert_says_what_to_do() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]
    assert {rule["labels"]["severity"] for rule in alerts} == {"page", "ticket"}
    for rule in alerts:
        assert {"summary", "description", "runbook"} <= rule["annotations"].keys()
        (document,) = re.findall(r"docs/[\w/-]+\.md", rule["annotations"]["runbook"])
        assert (INFRA.parent / document).exists()


def test_the_dashboard_is_whole() -> None:
    assert DASHBOARD["uid"] == "datacraft"
    assert DASHBOARD["schemaVersion"] >= 36
    assert [(one["name"], one["type"]) for one in DASHBOARD["templating"]["list"]] == [
        ("source", "datasource")
    ]
    panels = DASHBOARD["panels"]
    assert len({one["id"] for one in panels}) == len({one["title"] for one in panels}) == len(panels)
    for panel in panels:
        assert panel["type"] in {"stat", "timeseries"}
        assert panel["description"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${source}"}
        assert [target["refId"] for target in panel["targets"]] == list("ABCDEF"[: len(panel["targets"])])
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
    for one, other in itertools.combinations([panel["gridPos"] for panel in panels], 2):
        apart = [one[at] + one[size] <= other[at] or other[at] + other[size] <= one[at] for at, size in (("x", "w"), ("y", "h"))]  # fmt: skip
        assert any(apart)


@pytest.fixture(scope="module")
def promtool() -> str:
    return shutil.which("promtool") or missing_part("promtool is not installed (Debian's prometheus)")


def test_prometheus_reads_rules_and_every_expression_of_the_dashboard(promtool: str, tmp_path: Path) -> None:
    drawn = tmp_path / "panels.yml"
    queries = [target["expr"].replace("$__rate_interval", "5m") for panel in DASHBOARD["panels"] for target in panel["targets"]]  # fmt: skip
    drawn.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": [
        {"record": f"panel:{number}", "expr": query} for number, query in enumerate(queries)
    ]}]}))  # fmt: skip
    for path in (RULES, drawn):
        ran = subprocess.run([promtool, "check", "rules", str(path)], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
    assert f"{len(queries)} rules found" in ran.stdout


ASKED = 'datacraft_questions_total{face="page",outcome="answered"}'
FAILED = 'datacraft_questions_total{face="page",outcome="query_failed"}'
REFUSED = 'datacraft_questions_total{face="page",outcome="ambiguous"}'
UP = 'up{job="datacraft"}'


@pytest.mark.parametrize(
    ("series", "alert", "windows"),
    [
        ({ASKED: "0+10x240", FAILED: "0+3x240", UP: "1x240"}, "DataCraftErrorBudgetBurns", ["1h", "6h", "1d", "3d"]),
        ({ASKED: "0+100x240", FAILED: "0+2x240", UP: "1x240"}, "DataCraftErrorBudgetBurns", ["3d"]),
        ({ASKED: "0+10x240", REFUSED: "0+9x240", UP: "1x240"}, "DataCraftErrorBudgetBurns", []),
        ({FAILED: "0x100 0+1x2 2x140", UP: "1x240"}, "DataCraftErrorBudgetBurns", []),  # 2 questions are too few
        ({UP: "1x230 0x10"}, "DataCraftDown", [None]),
        ({'up{job="other"}': "1x240"}, "DataCraftDown", [None]),
        ({"datacraft_ready": "1x200 0x40", UP: "1x240"}, "DataCraftNotReady", [None]),
        ({"datacraft_telemetry_lost_total": "0x200 0+7x40", UP: "1x240"}, "DataCraftTelemetryLost", [None]),
    ],
)  # fmt: skip
def test_alerts_fire_when_they_should(
    promtool: str, tmp_path: Path, series: dict[str, str], alert: str, windows: list[str | None]
) -> None:
    """Four hours, minute by minute; which windows of the error budget fire is told by their labels."""
    checks = tmp_path / "checks.yml"
    firing = [{"labels": f'{{window="{one}"}}' if one else "{}", "value": 1} for one in windows]
    checks.write_text(yaml.safe_dump({
        "rule_files": [str(RULES)],
        "evaluation_interval": "1m",
        "tests": [{
            "interval": "1m",
            "input_series": [{"series": name, "values": values} for name, values in series.items()],
            "promql_expr_test": [{
                "expr": f'count by (window) (ALERTS{{alertname="{alert}", alertstate="firing"}})',
                "eval_time": "4h",
                "exp_samples": firing,
            }],
        }],
    }))  # fmt: skip
    ran = subprocess.run([promtool, "test", "rules", str(checks)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr

"""The commands of the page about Gemini, as they stand, with a stand-in for Gemini on loopback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from llm_server import Call, Reaction, Says, serving

from datacraft.warehouse.sample import make_orders

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "use-gemini.md"
SQL = "SELECT region, sum(sales) AS total_sales FROM orders_processed GROUP BY region"


def gemini(call: Call) -> Reaction:
    if "four letters" in call.text:
        return Says('{"word": "lamp", "number": 7}')
    return Says(
        json.dumps({"answerable": True, "reason": None, "assumptions": [], "chart": None, "sql": SQL})
    )


def test_the_three_commands_work(tmp_path: Path) -> None:
    (block,) = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.M | re.S)
    make_orders(tmp_path / "orders_processed.parquet")
    command = f'datacraft() {{ "{sys.executable}" -m datacraft.cli "$@"; }}\n{block}'
    with serving(gemini) as server:
        environment = {**os.environ, "DATACRAFT_LLM__GEMINI_ENDPOINT": server.url}
        run = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
    assert run.returncode == 0, run.stderr
    assert "call\tok" in run.stdout
    assert "Model: gemini-2.5-flash, 120 tokens, $0.0001, repair" in run.stderr
    assert all(call.headers["x-goog-api-key"] == "your-key" for call in server.calls)
    assert server.calls[-1].body["generationConfig"]["topK"] == 40

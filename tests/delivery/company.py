"""A company whose releases are delivered in tests: its orders, and how strict it is."""

from __future__ import annotations

from pathlib import Path

POLICY = """\
gates:
  small_sample: 0
canary:
  step_s: 5
  step_requests: 30
  min_requests: 30
  min_sessions: 5
  session_requests: 5
  session_idle_s: 5
  margin: 0.2
  max_s: 600
"""


def write_orders(path: Path, *, later: bool = False) -> None:
    """Write 2,000 orders of a shop; later, most of them are of chairs."""
    regions, kinds = ("North", "South", "East", "West"), ["Chairs", "Lamps", "Desks"]
    if later:
        kinds = ["Chairs", "Chairs", "Lamps", "Chairs", "Desks", "Chairs", "Chairs"]
    lines = ["order_id,order_date,region,category,quantity,revenue"]
    for number in range(2_000):
        day, month = 1 + number % 28, 1 + number // 28 % 12
        quantity = 1 + number * 7 % 9
        lines.append(
            f"{number},{2023 + number % 2}-{month:02d}-{day:02d},{regions[number % 4]},{kinds[number % len(kinds)]},"
            f"{quantity},{quantity * (20 + number % 13)}"
        )
    path.write_text("\n".join(lines) + "\n")

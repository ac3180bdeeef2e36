"""Look at production once: a thin entry for workflows to `datacraft monitor run`.

Example: python ci-cd/scripts/monitor_production.py --report health.json

Exit codes: 0 healthy; 2 wrong usage or settings; 3 unknown; 10 degraded; 11 drift; 12 degraded and drift, or down;
13 an act waits for a person.
"""

from __future__ import annotations

import sys

from datacraft.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["monitor", "run"]
    main()

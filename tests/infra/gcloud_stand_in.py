"""Stands in for gcloud and bq: keeps each command, and says that nothing, or everything, is there already."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

_LOOKS = ("describe", "list", "get-iam-policy", "show")
_APIS = [
    "artifactregistry",
    "bigquery",
    "cloudscheduler",
    "iamcredentials",
    "monitoring",
    "run",
    "secretmanager",
    "storage",
]


def main() -> int:
    words = [Path(sys.argv[0]).name, *sys.argv[1:]]
    with Path(os.environ["STAND_IN_LOG"]).open("a") as log:
        log.write(json.dumps(words) + "\n")
    if not any(word in _LOOKS for word in words):
        return 0 if os.environ.get("STAND_IN_FAILS", "-") not in words else 1
    if "projects" in words and "describe" in words:
        print(123456789)
        return 0
    if os.environ["STAND_IN_THERE"] == "nothing":
        return 0 if "list" in words or "get-iam-policy" in words else 1
    text = " ".join(words)
    if "services list" in text:
        print("\n".join(f"{api}.googleapis.com" for api in _APIS))
    elif "versioning_enabled" in text:
        print("True")
    elif "lifecycle_config" in text:
        print("daysSinceNoncurrentTime")
    elif "get-iam-policy" in words:
        print(text.partition("bindings.role=")[2].split()[0])
    else:
        print("there")
    return 0


if __name__ == "__main__":
    sys.exit(main())

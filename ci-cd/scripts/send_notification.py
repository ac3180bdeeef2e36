"""Tell people how a delivery ended: a thin entry for workflows to `datacraft.delivery.notify`.

Example: python ci-cd/scripts/send_notification.py --status success --deployment-url https://ask.example.com

Exit codes: 0 told everyone; 2 wrong usage or settings; 4 some did not get it, each with its reason on stderr.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from typing import get_args

from pydantic import ValidationError

from datacraft.config import load_settings
from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.notice import DeliveryNotice, NoticeStatus
from datacraft.delivery.notify import send_notice

# What GitHub calls the end of a job.
_JOB_STATUS = {"success": "deployed", "failure": "failed"}


def main() -> int:
    """Send the notice that the arguments describe; return the exit code."""
    arguments = _parser().parse_args()
    try:
        notice = DeliveryNotice.model_validate(
            {
                **vars(arguments),
                "status": _JOB_STATUS.get(arguments.status, arguments.status),
                "created_at": dt.datetime.now(dt.UTC),
            }
        )
        receipts = send_notice(notice, load_settings())
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        option = str(fault["loc"][0]).replace("_", "-")
        sys.stderr.write(f"Error: --{option}: {fault['msg']}.\n")
        return 2
    except DataCraftError as error:
        sys.stderr.write(f"Error: {error.message}\nHint: {error.hint}\n")
        return error.exit_code
    lost = [receipt for receipt in receipts if not receipt.delivered]
    for receipt in lost:
        sys.stderr.write(f"Warning: the notice did not reach {receipt.destination}: {receipt.problem}\n")
    return 4 if lost else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Tell people how a delivery ended.")
    statuses = sorted({*_JOB_STATUS, *get_args(NoticeStatus)})
    parser.add_argument("--status", required=True, choices=statuses, help="how it ended")
    parser.add_argument("--workflow-run-url", help="where the run's log is")
    parser.add_argument("--deployment-url", help="where questions are asked")
    parser.add_argument("--release-id", help="which release it was")
    parser.add_argument("--commit", help="of the code")
    parser.add_argument("--reason", default="", help="why it ended so")
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""What is said of each way in which a delivery can end, and how values of data become safe to say."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from datacraft.contracts.notice import DeliveryNotice, NoticeStatus

_LONGEST_SUBJECT = 160

Tone = Literal["success", "warning", "failure"]


@dataclass(frozen=True, slots=True)
class Wording:
    """How one status is told.

    Attributes:
        headline: what happened, said of a release.
        meaning: what it means for those who ask questions.
        tone: how it is coloured.
        next_steps: what to do, where the notice itself says nothing.
    """

    headline: str
    meaning: str
    tone: Tone
    next_steps: tuple[str, ...]


_UNCHANGED = "Nothing has changed for users."
_RUN_AGAIN = "Run the delivery again: it goes on where it stopped."

WORDINGS: Mapping[NoticeStatus, Wording] = {
    "deployed": Wording(
        "is deployed",
        "It answers the questions of all users from now on.",
        "success",
        (
            "Ask it a question at the address above.",
            "If it disappoints: datacraft releases rollback production",
        ),
    ),
    "rejected": Wording(
        "was rejected by its gates",
        _UNCHANGED,
        "failure",
        ("See which gates failed, and by how much.", "Improve the candidates and run the pipeline again."),
    ),
    "worse": Wording(
        "is worse than production",
        _UNCHANGED,
        "failure",
        ("See the scores against production.", "Improve the candidates and run the pipeline again."),
    ),
    "rolled_back": Wording(
        "was rolled back from its canary",
        "All users are served by the release of before again.",
        "failure",
        (
            "See which measure of the canary fell, and on which questions.",
            "It stays away until a newer release.",
        ),
    ),
    "waiting": Wording(
        "waits for a person",
        f"{_UNCHANGED} Somebody has to decide.",
        "warning",
        ("Look at the evidence, then promote the release or leave it.",),
    ),
    "no_candidate": Wording(
        "was not made: no candidate reached the floors",
        _UNCHANGED,
        "warning",
        ("See which floors were missed.", "Improve the candidates and run the pipeline again."),
    ),
    "failed": Wording(
        "could not be delivered",
        "Users are served by what served before.",
        "failure",
        ("Read the log of the run for the step that failed.", _RUN_AGAIN),
    ),
    "cancelled": Wording(
        "was called off", "Users are served by what served before.", "warning", (_RUN_AGAIN,)
    ),
    "degraded": Wording(
        "is not doing well in production",
        "It goes on answering users, worse than it should.",
        "failure",
        (
            "See what is wrong: datacraft monitor run",
            "Say that you look after it: datacraft monitor alerts ack NAME --reason ...",
            "If a new release brought it along: datacraft releases rollback production",
        ),
    ),
    "recovered": Wording(
        "is doing well in production again",
        "Users are answered as they should be.",
        "success",
        ("See: datacraft monitor run",),
    ),
    "re_evaluated": Wording(
        "was evaluated anew, since production changed",
        "Users are served by whatever the evaluation led to.",
        "success",
        ("See how it ended: datacraft monitor acts list",),
    ),
    "taken_back": Wording(
        "was taken back from production",
        "Users are served by the release of before again.",
        "warning",
        ("See why: datacraft monitor acts list", "It stays away until a newer release."),
    ),
    "act_failed": Wording(
        "is not doing well, and what should mend it failed",
        "It goes on answering users, worse than it should.",
        "failure",
        (
            "Read why: datacraft monitor acts list",
            "Do it by hand, or look again: datacraft monitor run --act",
        ),
    ),
}


def headline(notice: DeliveryNotice) -> str:
    """Return what happened, in a line: also the subject of a mail."""
    release = f"Release {notice.release_id}" if notice.release_id else "A release"
    line = one_line(f"{release} {WORDINGS[notice.status].headline}")
    return line if len(line) <= _LONGEST_SUBJECT else f"{line[: _LONGEST_SUBJECT - 1]}…"


def next_steps(notice: DeliveryNotice) -> tuple[str, ...]:
    """Return what to do next."""
    return notice.next_steps or WORDINGS[notice.status].next_steps


def one_line(text: str) -> str:
    """Return the text on one line, without characters that act instead of being shown.

    Line ends would begin a new mail header or a line that we did not write; escape codes steer terminals;
    marks of direction make a line read other than it is.
    """
    shown = (" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text)
    return " ".join("".join(char for char in shown if unicodedata.category(char) != "Cf").split())

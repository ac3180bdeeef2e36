"""Starts the delivery workflow by GitHub's REST API ("Create a repository dispatch event", docs.github.com/rest/repos)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datacraft.contracts.errors import DataCraftError

if TYPE_CHECKING:
    from datacraft.contracts.alarm import Act

EVENT = "datacraft-re-evaluate"
"""That the workflow listens to."""
_TIMEOUT_S = 20.0
_LONGEST = 1_000


class AskingFailed(DataCraftError):
    """Whoever was asked can't be reached, or declines."""

    code = "asking_failed"


def dispatch(act: Act, repository: str, token: str, api: str = "https://api.github.com") -> str:
    """Ask for a run of the workflow; return where its runs are listed.

    Args:
        act: whose reason and evidence the run is given.
        repository: as `owner/name`.
        token: that may write the repository's contents.
        api: address of the REST API.

    Raises:
        AskingFailed: GitHub can't be reached, or declines.
    """
    import httpx

    payload = {
        "act": act.id, "reason": act.reason[:_LONGEST], "causes": ", ".join(act.causes), "evidence": act.evidence,
    }  # fmt: skip
    try:
        answer = httpx.post(
            f"{api.rstrip('/')}/repos/{repository}/dispatches",
            json={"event_type": EVENT, "client_payload": payload},
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            timeout=_TIMEOUT_S,
        )
    except httpx.HTTPError as error:
        raise AskingFailed(
            f"GitHub can't be reached: {type(error).__name__}.", hint="The next look asks again."
        ) from error
    if answer.status_code != 204:
        raise AskingFailed(
            f"GitHub declines to dispatch to {repository}: {answer.status_code} {_said(answer)}".rstrip(),
            hint="Check monitoring.github_repository, and that GITHUB_TOKEN may write the repository's contents.",
        )
    return f"https://github.com/{repository}/actions"


def _said(answer: object) -> str:
    try:
        return str(answer.json().get("message", ""))[:200]  # type: ignore[attr-defined]
    except (ValueError, AttributeError):
        return ""

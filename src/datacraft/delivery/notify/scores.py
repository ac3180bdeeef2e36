"""A release's figures beside production's."""

from __future__ import annotations

from datacraft.contracts.notice import NoticeScore
from datacraft.contracts.release import ReleaseMetadata


def scores_beside(release: ReleaseMetadata, production: ReleaseMetadata | None) -> tuple[NoticeScore, ...]:
    """Return the figures that people compare releases by; production's are missing where nothing serves."""
    other = production
    return (
        NoticeScore(
            name="composite score",
            value=release.composite_score,
            production=other and other.composite_score,
        ),
        NoticeScore(
            name="performance score",
            value=release.performance_score,
            production=other and other.performance_score,
        ),
        NoticeScore(
            name="bias score",
            value=release.bias_score,
            production=other and other.bias_score,
            higher_is_better=False,
        ),
        NoticeScore(
            name="success rate",
            value=release.success_rate,
            production=other and other.success_rate,
            unit="%",
        ),
        NoticeScore(
            name="average response time",
            value=release.avg_response_time,
            production=other and other.avg_response_time,
            unit="s",
            higher_is_better=False,
        ),
    )

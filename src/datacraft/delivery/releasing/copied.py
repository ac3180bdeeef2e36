"""A release that answers copies first: what its shadow's end means for a delivery."""

from __future__ import annotations

from datacraft.contracts.errors import CanaryRolledBack, ConfigError, WaitsForPerson
from datacraft.contracts.shadow import ShadowPlan
from datacraft.delivery.releasing.work import Work
from datacraft.delivery.shadow import read_pairs, read_plan, read_words, run_shadow
from datacraft.delivery.shadow.run import told


def try_on_copies(work: Work, release: str, baseline: str) -> str:
    """Run the shadow of a release until a person has decided; return what was found, where it may serve.

    Args:
        work: of the delivery.
        release: the candidate.
        baseline: what production serves.

    Raises:
        WaitsForPerson: there is enough to review, and nobody has said anything yet.
        CanaryRolledBack: a person has turned it down.
        ConfigError: what production answers can't be copied from here.
        DataCraftError: as `run_shadow`.
    """
    if work.parts.shadow is None:
        raise ConfigError(
            "A shadow answers copies of what production is asked, and these can't be had here.",
            hint="Deploy on this machine with telemetry.questions: stored, or use --strategy direct.",
        )
    folder = work.folder / "shadow"
    wanted = ShadowPlan(
        **dict(work.config.shadow), candidate=release, baseline=baseline, started_at=work.clock.now()
    )
    word = next(iter(read_words(folder)), None)
    if word is None:
        with work.parts.shadow(release) as ask:
            word = run_shadow(wanted, folder, work.settings.state_dir, ask, work.clock, say=work.say)
    found = told(read_plan(folder) or wanted, read_pairs(folder))
    if word is None:
        raise WaitsForPerson(
            f"The shadow of {release} is to be reviewed. {found}",
            hint="Look at it: datacraft release shadow. Decide: datacraft release decide promote|roll_back",
        )
    if word.decision == "roll_back":
        raise CanaryRolledBack(
            f"{word.by} has turned {release} down after its shadow: {word.reason} ({found})",
            hint="Publish a better release.",
        )
    return f"{word.by} lets it serve after its shadow: {word.reason} ({found})"

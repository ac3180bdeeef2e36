"""A release's way to people: nine steps with a journal, on any machine that reaches the registry.

Lives here: the steps (`steps`), what they work with (`work`), the one that reaches people (`rollout`, with `arms` for
a canary and `copied` for a shadow), their order, retries and ends (`run`), who may do it now (`lock`), whom to ask for
an evaluation (`airflow`), and what people are told (`telling`).
Doesn't live here: what was done, which everybody may read (`delivery.deliveries`), and what the steps call: gates,
comparison, image, targets, canary, shadow, notices.
"""

from __future__ import annotations

from datacraft.delivery.deliveries import DeliveryJournal, DeliverySuperseded, deliveries, read_journal
from datacraft.delivery.releasing.airflow import AirflowEvaluation, AirflowFailed
from datacraft.delivery.releasing.lock import DeliveryInUse, DeliveryLock, LockLost
from datacraft.delivery.releasing.run import run_delivery
from datacraft.delivery.releasing.work import Evaluation, ImageWork, Parts

__all__ = [
    "AirflowEvaluation",
    "AirflowFailed",
    "DeliveryInUse",
    "DeliveryJournal",
    "DeliveryLock",
    "DeliverySuperseded",
    "Evaluation",
    "ImageWork",
    "LockLost",
    "Parts",
    "deliveries",
    "read_journal",
    "run_delivery",
]

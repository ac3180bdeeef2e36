"""The page Monitoring, from the status down to single questions."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from datacraft.access.permissions import Permission
from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.monitoring import ProductionReport
from datacraft.delivery.config import load_delivery_config
from datacraft.http.service import Service
from datacraft.monitoring import monitor_production
from datacraft.monitoring.alarms import MonitoringPlace
from datacraft.monitoring.metrics.bringing import bring_records
from datacraft.registry import ObjectStore, open_store
from datacraft.registry.channels import channel_names, read_pointer
from datacraft.ui.caller import page_caller
from datacraft.ui.monitoring.alarms import NOTICE, show_acts, show_alarms
from datacraft.ui.monitoring.drift import show_drift
from datacraft.ui.monitoring.source import LiveMetrics
from datacraft.ui.monitoring.status import show_status
from datacraft.ui.monitoring.time import show_time
from datacraft.ui.notices import show_problem, tell_once

_LOOK_S = 30.0
_FRESH_S = 300.0
"""What other instances answered is brought as seldom as that."""


def show_monitoring(service: Service) -> None:
    """Draw the page."""
    settings = service.settings
    try:
        store = open_store(
            settings.registry_url, settings.gcp.project_id, endpoint=settings.registry.endpoint
        )
        names = sorted(
            {settings.channel, *channel_names(store)}, key=lambda one: (one != settings.channel, one)
        )
    except DataCraftError as error:
        show_problem(error, "The registry can't be read just now")
        return
    try:
        bring_records(settings, dt.datetime.now(dt.UTC), fresh_s=_FRESH_S)
    except DataCraftError as error:
        show_problem(error, "What other instances answered can't be read just now")
    channel = settings.channel
    if len(names) > 1:
        channel = st.selectbox("Channel", names, key="monitoring_channel")
    _live(service, store, channel)
    _kept(service, store, channel)
    tell_once(st.session_state.pop(NOTICE, None))


@st.fragment(run_every=_LOOK_S)
def _live(service: Service, store: ObjectStore, channel: str) -> None:
    """The status, looked at anew while the page is open."""
    settings = service.settings.model_copy(update={"channel": channel})
    try:
        policy = load_delivery_config().monitoring
        release = read_pointer(store, channel).release_id
        report = monitor_production(
            settings, policy, source=LiveMetrics(settings.state_dir / "telemetry"), release_id=release,
            data="that takes longer", traffic="that takes longer", accuracy="that takes longer",
        )  # fmt: skip
    except DataCraftError as error:
        show_problem(error, "Nothing is known of production just now")
        return
    show_status(report)


def _kept(service: Service, store: ObjectStore, channel: str) -> None:
    """What looks with --act have kept: alarms, acts, and what drifted."""
    place = MonitoringPlace(store, channel)
    caller = page_caller(service)
    now = dt.datetime.now(dt.UTC)
    try:
        show_alarms(service, place, may_answer=caller.may(Permission.MOVE_CHANNELS))
        show_acts(place.acts(now, 10))
        show_time(service, store, channel, may_see_questions=caller.may(Permission.OTHERS_HISTORY))
        report = _latest(place, now)
    except DataCraftError as error:
        show_problem(error, "What was kept can't be read just now")
        return
    show_drift(report)


def _latest(place: MonitoringPlace, now: dt.datetime) -> ProductionReport | None:
    name = next(place.report_names(now), None)
    return place.read_report(name) if name is not None else None

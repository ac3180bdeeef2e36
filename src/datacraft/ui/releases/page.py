"""The page Releases, from what serves down to each release."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from datacraft.access.permissions import Permission
from datacraft.contracts.errors import DataCraftError
from datacraft.delivery.overview import Overview, overview
from datacraft.http.service import Service
from datacraft.registry import ObjectStore, open_store
from datacraft.ui.caller import page_caller
from datacraft.ui.notices import show_problem, tell_once
from datacraft.ui.releases.canary import show_canary
from datacraft.ui.releases.channels import show_channels
from datacraft.ui.releases.comparison import show_comparison_of_two
from datacraft.ui.releases.moving import NOTICE, show_question
from datacraft.ui.releases.release import show_release
from datacraft.ui.releases.shadow import show_shadow
from datacraft.ui.releases.steps import show_delivery


def show_releases(service: Service) -> None:
    """Draw the page."""
    settings = service.settings
    try:
        store = open_store(
            settings.registry_url, settings.gcp.project_id, endpoint=settings.registry.endpoint
        )
        found = overview(store, dt.datetime.now(dt.UTC))
    except DataCraftError as error:
        show_problem(error, "The registry can't be read just now")
        return
    if not found.releases:
        st.html(
            '<div class="dc-state dc-calm"><h3>Nothing is published yet</h3><p>'
            "<code>datacraft pipeline run</code> evaluates candidates and publishes the winner; "
            "<code>datacraft release run</code> takes it to people.</p></div>"
        )
        return
    _show(service, store, found)
    tell_once(st.session_state.pop(NOTICE, None))


def _show(service: Service, store: ObjectStore, found: Overview) -> None:
    may_move = page_caller(service).may(Permission.MOVE_CHANNELS)
    show_channels(found, may_move=may_move)
    if found.delivery is not None:
        show_delivery(found.delivery)
        show_canary(service, found.delivery, may_decide=may_move)
        show_shadow(service, found.delivery, may_decide=may_move)
    st.html(f'<p class="dc-heading">Releases</p><p class="dc-meta">{len(found.releases)} of the latest</p>')
    production = found.named("production")
    for release in found.releases:
        show_release(release, production, may_move=may_move)
    if len(found.releases) > 1:
        show_comparison_of_two(found)
    if may_move:
        show_question(service, store)

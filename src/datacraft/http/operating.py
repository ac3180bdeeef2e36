"""What the API has for those who run the service: history, channels, keys, the audit log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from datacraft.access.audit import recorded
from datacraft.access.permissions import PERMISSIONS, Permission
from datacraft.contracts.errors import InputError
from datacraft.delivery.config import load_delivery_config
from datacraft.delivery.promotion import promote_by_evidence, rollback_target
from datacraft.http.errors import RequestError
from datacraft.http.guarding import address_of, caller_of
from datacraft.http.models import KeyRequest, MoveRequest, NewKey
from datacraft.registry import Mandate, ObjectStore, Pointer, open_store
from datacraft.registry.channels import channel_names, pin, read_pointer, roll_back, unpin

if TYPE_CHECKING:
    from starlette.requests import Request

    from datacraft.access.signin import Caller
    from datacraft.http.service import Service

Action = Literal["promote", "rollback", "pin", "unpin"]
_MOST = 1_000


async def me(request: Request, service: Service) -> Response:
    """Say who calls, and what they may do."""
    caller = caller_of(request.scope)
    return _json({"name": caller.name, "role": caller.role, "may": sorted(PERMISSIONS[caller.role])})


async def history(request: Request, service: Service) -> Response:
    """List conversations: one's own, or for engineers everybody's (`?owner=all`) or somebody's."""
    caller = caller_of(request.scope)
    owner = request.query_params.get("owner")
    if owner is not None and owner != _own(request, caller):
        caller.require(Permission.OTHERS_HISTORY)
    wanted = None if owner == "all" else owner or _own(request, caller)
    return _json(await run_in_threadpool(service.history.list_conversations, wanted, _limit(request)))


async def conversation(request: Request, service: Service) -> Response:
    """Return a conversation's turns; somebody else's (`?owner=`) for engineers."""
    caller = caller_of(request.scope)
    mine = _own(request, caller)
    owner = request.query_params.get("owner", mine)
    if owner != mine:
        caller.require(Permission.OTHERS_HISTORY)
    wanted = request.path_params["conversation"]
    return _json(await run_in_threadpool(service.history.load_conversation, owner, wanted))


async def channels(request: Request, service: Service) -> Response:
    """List the channels with their history."""

    def read() -> list[dict[str, object]]:
        store = _store(service)
        return [
            {"name": name, **read_pointer(store, name).channel.model_dump()} for name in channel_names(store)
        ]

    return _json(await run_in_threadpool(read))


def mover(action: Action) -> Callable[[Request, Service, MoveRequest], object]:
    """Return what moves a channel."""

    def move(request: Request, service: Service, wish: MoveRequest) -> object:
        caller, name = caller_of(request.scope), request.path_params["channel"]
        store = _store(service)
        before = read_pointer(store, name)
        mandate = Mandate(caller.name, wish.reason, dt.datetime.now(dt.UTC))
        told = f"{wish.release or ''} {wish.reason}".strip()
        source = f"API, {address_of(request.scope)}, {_known_by(caller)}"
        with recorded(service.state.audit, caller.name, action, f"channel {name}", source, told) as deed:
            after = _moved(action, service, store, before, wish, mandate)
            deed.detail = f"from {before.release_id or 'nothing'} to {after.release_id}: {wish.reason}"
        return {"name": name, **after.channel.model_dump()}

    return move


def _moved(
    action: Action,
    service: Service,
    store: ObjectStore,
    pointer: Pointer,
    wish: MoveRequest,
    mandate: Mandate,
) -> Pointer:
    match action:
        case "promote":
            if wish.release is None:
                raise InputError("It is not said which release.", hint="Send `release`.")
            signers = service.settings.registry.signers
            return promote_by_evidence(
                store,
                load_delivery_config(None),
                pointer,
                wish.release,
                mandate,
                signers=signers,
                again=wish.again,
            )
        case "rollback":
            return roll_back(store, pointer, wish.release or rollback_target(pointer), mandate)
        case "pin":
            return pin(store, pointer, mandate)
        case "unpin":
            return unpin(store, pointer, mandate)


async def keys(request: Request, service: Service) -> Response:
    """List the keys."""
    return _json(await run_in_threadpool(service.state.keys.list))


def new_key(request: Request, service: Service, wish: KeyRequest) -> object:
    """Make a key."""
    caller = caller_of(request.scope)
    source = f"API, {address_of(request.scope)}, {_known_by(caller)}"
    with recorded(service.state.audit, caller.name, "key_created", f"key {wish.name}", source) as deed:
        key, text = service.state.keys.create(wish.name, wish.role, caller.name, dt.timedelta(days=wish.days))
        deed.detail = f"{key.id}, role {key.role}, until {key.expires_at:%Y-%m-%d %H:%M} UTC"
    return NewKey(key=text, about=key)


async def revoke_key(request: Request, service: Service) -> Response:
    """Revoke a key."""
    caller, key_id = caller_of(request.scope), request.path_params["key"]
    source = f"API, {address_of(request.scope)}, {_known_by(caller)}"

    def revoke() -> object:
        with recorded(service.state.audit, caller.name, "key_revoked", f"key {key_id}", source):
            return service.state.keys.revoke(key_id)

    return _json(await run_in_threadpool(revoke))


async def audit(request: Request, service: Service) -> Response:
    """List the latest entries of the audit log."""
    return _json(await run_in_threadpool(service.state.audit.latest, _limit(request)))


def _own(request: Request, caller: Caller) -> str:
    owner: str = caller.owner or request.scope["state"]["owner"]
    return owner


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", "50")
    if not text.isdecimal() or not 1 <= int(text) <= _MOST:
        raise RequestError("bad_input", f"limit is {text!r}.", hint=f"Send a number of 1 to {_MOST:,}.")
    return int(text)


def _known_by(caller: Caller) -> str:
    return f"{caller.how} {caller.id}".strip()


def _store(service: Service) -> ObjectStore:
    settings = service.settings
    return open_store(settings.registry_url, settings.gcp.project_id, endpoint=settings.registry.endpoint)


def _json(found: object) -> Response:
    return Response(to_json(found), media_type="application/json", headers={"Cache-Control": "no-store"})

"""The one error hierarchy. Each error says what failed, on what, and what to do next.

A person sees `message`, `hint` and `choices`; never a traceback. `code` is stable and machine-readable;
`exit_code` is what a command ends with (the table in docs/exit-codes.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, Field


class ErrorInfo(BaseModel):
    """An error as data: what an answer, the HTTP API and the JSON Lines output carry."""

    code: str = Field(description="Stable machine-readable code, for example `ambiguous`.")
    message: str = Field(description="What failed and on what, in one or two sentences.")
    hint: str | None = Field(default=None, description="What to do next.")
    choices: list[str] = Field(default_factory=list, description="Questions or values to pick from.")


class DataCraftError(Exception):
    """Base of every error that DataCraft raises on purpose."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None, choices: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.choices = list(choices)

    def info(self) -> ErrorInfo:
        """Return the error as data."""
        return ErrorInfo(code=self.code, message=self.message, hint=self.hint, choices=self.choices)


class InputError(DataCraftError):
    """Wrong usage or input: a file, an option, a question that can't be taken as it is."""

    code = "bad_input"
    exit_code = 2


class ConfigError(InputError):
    """A settings file, semantic model or environment variable is wrong; names the file, line and key."""

    code = "bad_config"


class DataLoadError(InputError):
    """A data file can't be read as a table."""

    code = "bad_data"


class NotAnswered(DataCraftError):
    """The question was understood well enough to know that it should not be answered as it stands."""

    code = "not_answered"
    exit_code = 3


class AmbiguousQuestion(NotAnswered):
    """Two or more readings have about equal support; `choices` holds a clearer question for each."""

    code = "ambiguous"


class NotUnderstood(NotAnswered):
    """Some words of the question can't be tied to the data; the message names them."""

    code = "not_understood"


class Refused(NotAnswered):
    """Not a question about this data: an order to change data, small talk, a prompt injection."""

    code = "refused"


class UnsafeQuery(DataCraftError):
    """The guard does not let this SQL through."""

    code = "unsafe_sql"


class QueryFailed(DataCraftError):
    """The warehouse could not run the SQL."""

    code = "query_failed"


class LimitExceeded(DataCraftError):
    """A time, row, byte, memory or concurrency limit stopped the work."""

    code = "limit_exceeded"


class BytesLimitExceeded(LimitExceeded):
    """The query would read more bytes than it may; nothing was run."""

    code = "bytes_limit"


class QuotaExceeded(LimitExceeded):
    """The warehouse's owner has no more quota, or sends too many queries at once."""

    code = "quota_exceeded"


class QueryCancelled(LimitExceeded):
    """Somebody else stopped the query in the warehouse."""

    code = "query_cancelled"


class AccessDenied(DataCraftError):
    """The credentials are missing, expired, or lack a permission."""

    code = "access_denied"


class DataNotFound(DataCraftError):
    """The warehouse has no such project, data set or table."""

    code = "data_not_found"


class WarehouseUnavailable(DataCraftError):
    """The warehouse can't be reached, or fails inside."""

    code = "warehouse_unavailable"


class ModelError(DataCraftError):
    """The model behind the answers can't be used; whoever is declared as its fallback may answer."""

    code = "model_failed"


class ModelUnavailable(ModelError):
    """The provider can't be reached, fails inside, or keeps failing, so that it is left alone for a while."""

    code = "model_unavailable"


class ModelTooSlow(ModelError):
    """The model did not answer within the question's deadline."""

    code = "model_too_slow"


class ModelBusy(ModelError):
    """The provider turns requests away: too many at once, or the account's quota is used up."""

    code = "model_busy"


class ModelAccessDenied(ModelError):
    """The key is missing, wrong or lacks a permission."""

    code = "model_access_denied"


class ModelNotFound(ModelError):
    """The provider has no model of this name, or its file can't be loaded."""

    code = "model_not_found"


class ModelRequestRejected(ModelError):
    """The provider does not take the request: too long, or with something that it does not know."""

    code = "model_request_rejected"


class ModelBlocked(ModelError):
    """The provider's safety filter let no answer through."""

    code = "model_blocked"


class ModelOutputInvalid(ModelError):
    """What the model wrote could not be read, even after it was told what was wrong."""

    code = "model_output_invalid"


class ModelBudgetExceeded(ModelError):
    """One more call might cost more than the question or the day may."""

    code = "model_budget"


class RegistryError(DataCraftError):
    """The registry could not be read, or what it holds is half-written, corrupt or from a newer version."""

    code = "registry"


class ReleaseInvalid(RegistryError):
    """A release's metadata is missing, half-written, corrupt or of a schema that this version can't read."""

    code = "release_invalid"


class MetricsUnavailable(DataCraftError):
    """Where the figures of production come from can't be reached, or fails inside."""

    code = "metrics_unavailable"


class ImageFailed(DataCraftError):
    """The container image could not be built, pushed or read."""

    code = "image_failed"


class ChannelMoved(RegistryError):
    """Somebody else changed the channel since it was looked at; nothing was done."""

    code = "channel_moved"


class MoveRefused(DataCraftError):
    """The channel may not move there as things stand."""

    code = "move_refused"


class GatesRejected(MoveRefused):
    """No verdict of the gates that counts has accepted the release."""

    code = "gates_rejected"
    exit_code = 10


class WorseThanProduction(MoveRefused):
    """No comparison with what serves that counts has accepted the release."""

    code = "worse_than_production"
    exit_code = 11


class CanaryRolledBack(DataCraftError):
    """A release was tried on a few, and was less successful than what serves."""

    code = "canary_rolled_back"
    exit_code = 12


class WaitsForPerson(MoveRefused):
    """A person stopped the channel, or must move it; only a person's word lets it go on."""

    code = "waits_for_person"
    exit_code = 13


class NobodyChosen(DataCraftError):
    """Candidates were evaluated elsewhere, and none of them reached the floors."""

    code = "no_candidate"
    exit_code = 14

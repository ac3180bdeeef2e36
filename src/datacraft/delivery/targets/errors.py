"""What can go wrong with a deployment. Nothing has changed for users unless the error says so."""

from __future__ import annotations

from datacraft.contracts.errors import DataCraftError, InputError


class DeploymentError(DataCraftError):
    """The target could not do what it was asked."""

    code = "deploy_failed"


class NeverReady(DeploymentError):
    """A revision did not become ready in its time, or died over and over."""

    code = "never_ready"


class DeploymentChanged(DeploymentError):
    """Somebody else changed the service since it was looked at; nothing was done."""

    code = "deployment_changed"


class TargetUnavailable(DeploymentError):
    """The target can't be reached, or does not answer."""

    code = "target_unavailable"


class TargetQuota(DeploymentError):
    """The target has no more quota for this, or was asked too often."""

    code = "target_quota"


class NoSuchRevision(InputError):
    """There is no such revision, or none to go back to."""

    code = "no_such_revision"


class AddressTaken(InputError):
    """Somebody else listens where the service shall."""

    code = "address_taken"

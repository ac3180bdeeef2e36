"""The SBOM: every Python package of the image with its hashes, as CycloneDX 1.6, read from the lock."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from datacraft import __version__
from datacraft.contracts.errors import InputError
from datacraft.contracts.image import IMAGE_NAME
from datacraft.delivery.image.source import PYTHON, Source

_ENTRY = re.compile(r"^(?P<requirement>[A-Za-z0-9].*?) *\\\n(?P<hashes>(?: +--hash=.*\n?)+)", re.M)
_HASH = re.compile(r"sha256:([0-9a-f]{64})")
# What a lock for every system says of this one: Linux and the Python of the base.
_ENVIRONMENT = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": f"{PYTHON}.0",
    "python_version": PYTHON,
    "sys_platform": "linux",
}


def write_sbom(path: Path, lock: str, source: Source) -> Path:
    """Write the packages of a lock to `path`; the same lock and commit give the same file.

    Raises:
        InputError: it can't be written.
    """
    identity = uuid5(NAMESPACE_URL, source.revision + lock)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": identity.urn,
        "version": 1,
        "metadata": {
            "component": {
                "type": "container",
                "bom-ref": IMAGE_NAME,
                "name": IMAGE_NAME,
                "version": source.revision,
            }
        },
        "components": [_component("datacraft", __version__), *_components(lock)],
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{path} can't be written: {error.strerror}.", hint="Choose another --sbom."
        ) from error
    return path


def _components(lock: str) -> Iterator[dict[str, object]]:
    from packaging.requirements import Requirement

    for entry in _ENTRY.finditer(lock):
        requirement = Requirement(entry["requirement"])
        if requirement.marker is None or requirement.marker.evaluate(_ENVIRONMENT):
            (version,) = requirement.specifier
            yield {
                **_component(requirement.name, version.version),
                "hashes": [
                    {"alg": "SHA-256", "content": digest} for digest in _HASH.findall(entry["hashes"])
                ],
            }


def _component(name: str, version: str) -> dict[str, object]:
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}

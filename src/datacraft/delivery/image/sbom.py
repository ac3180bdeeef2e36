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
from datacraft.delivery.image.source import Source

_ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?P<rest>(?:.*\\\n)*.*)$", re.M)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# What the lock holds for other systems alone is not in an image of Linux.
_ELSEWHERE = re.compile(r"sys_platform == '(win32|darwin|emscripten)'|platform_system == '(Windows|Darwin)'")


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
    for entry in _ENTRY.finditer(lock):
        if _ELSEWHERE.search(entry["rest"].partition("--hash")[0]):
            continue
        yield {
            **_component(entry["name"], entry["version"]),
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in _HASH.findall(entry["rest"])],
        }


def _component(name: str, version: str) -> dict[str, object]:
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}

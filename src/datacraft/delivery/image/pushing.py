"""Pushes an image to a registry, under its commit and `latest`; the digest pins what was pushed."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from datacraft.contracts.errors import ImageFailed, InputError
from datacraft.contracts.image import PushedImage
from datacraft.delivery.image.builders import Builder
from datacraft.delivery.image.inspecting import inspect_image

_TIMEOUT_S = 900
_REGISTRY = re.compile(r"^[a-z0-9][a-z0-9.-]*(:\d+)?(/[a-z0-9][a-z0-9._-]*)*$")


def push_image(
    builder: Builder, tags: tuple[str, ...], registry: str, *, plain_http: bool = False
) -> PushedImage:
    """Push an image under each of its tags to `registry`, which is a host with an optional path.

    Args:
        builder: that has the image.
        tags: of one image, such as `datacraft-app:abc1234`; the first one is pushed first.
        registry: `127.0.0.1:5000`, `us-east1-docker.pkg.dev/PROJECT/mlops-models`.
        plain_http: the registry has no TLS. Docker decides that by its own settings.

    Raises:
        InputError: the registry's name is none.
        ImageFailed: there is no such image, the tags are of several, or the registry can't be reached or does not take it.
    """
    if not _REGISTRY.match(registry):
        raise InputError(
            f"{registry!r} is no registry.",
            hint="Write HOST[:PORT][/PATH] in small letters, without https://.",
        )
    if len({inspect_image(builder, tag).id for tag in tags}) != 1:
        raise ImageFailed(
            f"{', '.join(tags)} are not one image; nothing was pushed.",
            hint="Build it again: datacraft image build.",
        )
    references = tuple(f"{registry}/{tag}" for tag in tags)
    push = _push_with_docker if builder.name == "docker" else _push_with_digest_file
    digest, *_ = [
        push(builder, tag, reference, plain_http) for tag, reference in zip(tags, references, strict=True)
    ]
    name = references[0].rpartition(":")[0]
    return PushedImage(references=references, digest=digest, pinned=f"{name}@{digest}")


def _push_with_docker(builder: Builder, tag: str, reference: str, plain_http: bool) -> str:
    builder.run("tag", tag, reference, what=f"Tagging {tag}")
    builder.run("push", "--quiet", reference, what=f"Pushing {reference}", timeout_s=_TIMEOUT_S)
    form = "{{range .RepoDigests}}{{println .}}{{end}}"
    pinned = builder.run(
        "image", "inspect", "--format", form, reference, what=f"Looking at {reference}"
    ).split()
    name = reference.rpartition(":")[0]
    digests = [one.partition("@")[2] for one in pinned if one.partition("@")[0] == name]
    if not digests:
        raise ImageFailed(f"Docker does not tell the digest of {reference}.", hint="Push it again.")
    return digests[0]


def _push_with_digest_file(builder: Builder, tag: str, reference: str, plain_http: bool) -> str:
    with tempfile.TemporaryDirectory() as folder:
        digest = Path(folder, "digest")
        flags = [f"--digestfile={digest}", *(["--tls-verify=false"] if plain_http else [])]
        what = f"Pushing {reference}"
        builder.run("push", *flags, tag, f"docker://{reference}", what=what, timeout_s=_TIMEOUT_S)
        return digest.read_text().strip()

"""The container image of the page and the API: built, pushed and looked at by docker, podman or buildah.

Lives here: which of them is there (`builders`), what is built from (`source`), building, pushing and looking
(`building`, `pushing`, `inspecting`), what is in it (`sbom`) and what is known against that (`vulnerabilities`).
How the image is made stands in frontend/Dockerfile; where it runs is decided by the deploy targets.
"""

from __future__ import annotations

from datacraft.delivery.image.builders import Builder, find_builder
from datacraft.delivery.image.building import build_image
from datacraft.delivery.image.inspecting import inspect_image
from datacraft.delivery.image.pushing import push_image

__all__ = ["Builder", "build_image", "find_builder", "inspect_image", "push_image"]

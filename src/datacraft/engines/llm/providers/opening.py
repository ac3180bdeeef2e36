"""`open_model`: the model that a config names, with its key and address; and the key of its lane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datacraft.config.secrets import read_secret
from datacraft.contracts.errors import ConfigError, ModelAccessDenied
from datacraft.contracts.model_config import OPENAI_URL, ModelConfig
from datacraft.engines.llm.providers.model import ChatModel

GEMINI_KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY")
OPENAI_KEYS = ("OPENAI_API_KEY",)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where providers are, beside what a config says.

    Attributes:
        project: Google Cloud project, for Vertex AI.
        region: for Vertex AI.
        google: instead of Google's own address.
        connections: to one provider, at most.
        environ: holds the keys; None: the environment of this process.
    """

    project: str | None = None
    region: str | None = None
    google: str | None = None
    connections: int = 16
    environ: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A model that can be asked.

    Attributes:
        lane: key of what it shares with others of its provider.
        provider: for people.
    """

    model: ChatModel
    lane: str
    provider: str


def open_model(config: ModelConfig, endpoints: Endpoints) -> OpenedModel:
    """Return the model that a config names; nothing is called yet.

    Raises:
        ConfigError: a library is not installed, or a setting is missing.
        ModelAccessDenied: the key is missing.
        ModelNotFound: the model's file is missing or broken.
    """
    try:
        return _open(config, endpoints)
    except ImportError as error:
        raise ConfigError(
            f"The provider {config.provider} needs {error.name}, which is not installed.",
            hint="Install it in the project's folder with: pip install '.[llm]'",
        ) from error


def _open(config: ModelConfig, endpoints: Endpoints) -> OpenedModel:
    connections = endpoints.connections
    match config.provider:
        case "gemini":
            from datacraft.engines.llm.providers.google import gemini_model

            key = _key(config, GEMINI_KEYS, endpoints)
            model = gemini_model(config, key=key, base_url=endpoints.google, connections=connections)
            return OpenedModel(model, f"gemini {endpoints.google}", "Gemini")
        case "vertex":
            from datacraft.engines.llm.providers.google import vertex_model

            project, region = _place(config, endpoints)
            found = vertex_model(
                config, project=project, region=region, base_url=endpoints.google, connections=connections
            )
            return OpenedModel(found, f"vertex {project} {region} {endpoints.google}", "Vertex AI")
        case "openai":
            from datacraft.engines.llm.providers.openai import openai_model

            url = config.base_url or OPENAI_URL
            own = url.rstrip("/") != OPENAI_URL
            secret = (
                read_secret(*OPENAI_KEYS, environ=endpoints.environ)
                if own
                else _key(config, OPENAI_KEYS, endpoints)
            )
            opened = openai_model(config, key=secret, base_url=url, connections=connections)
            return OpenedModel(opened, f"openai {url}", url if own else "OpenAI")
        case "local":
            from datacraft.engines.llm.providers.local import local_model

            return OpenedModel(local_model(config), f"local {config.model}", config.model)
        case "builtin":
            raise ConfigError("The provider builtin runs no language model.", hint="Name another provider.")


def _key(config: ModelConfig, names: tuple[str, ...], endpoints: Endpoints) -> str:
    key = read_secret(*names, environ=endpoints.environ)
    if key is None:
        raise ModelAccessDenied(
            f"There is no key for {config.model}.",
            hint=f"Set {names[0]}, or {names[0]}_FILE to a file that holds it.",
        )
    return key


def _place(config: ModelConfig, endpoints: Endpoints) -> tuple[str, str]:
    if endpoints.project is None or endpoints.region is None:
        missing = "GCP_PROJECT_ID" if endpoints.project is None else "GCP_REGION"
        raise ConfigError(
            f"{config.model} on Vertex AI needs a project and a region.", hint=f"Set {missing}."
        )
    return endpoints.project, endpoints.region

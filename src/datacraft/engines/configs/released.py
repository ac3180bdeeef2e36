"""The config that a release holds; for releases of others, the one that its metadata amounts to."""

from __future__ import annotations

from pydantic import ValidationError

from datacraft.contracts.errors import ReleaseInvalid
from datacraft.contracts.model_config import ModelConfig, builtin_config
from datacraft.contracts.release import ReleaseMetadata

KEY = "config"
"""Of the release's metadata."""


def config_of_release(metadata: ReleaseMetadata) -> ModelConfig:
    """Return the config of a release: exactly what was evaluated, where the release says it whole.

    Raises:
        ReleaseInvalid: it names a model that this version can't make a config of.
    """
    extras = metadata.model_extra or {}
    given = extras.get(KEY)
    if given is None:
        if metadata.provider == "builtin":
            return builtin_config()
        given = _amounting_to(metadata)
    try:
        return ModelConfig.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ReleaseInvalid(
            f"The model config of release {metadata.release_id or metadata.selected_model} can't be used: "
            f"{where + ': ' if where else ''}{first['msg']}.",
            hint="Promote another release, or evaluate and publish this one again.",
        ) from error


def _amounting_to(metadata: ReleaseMetadata) -> dict[str, object]:
    """Return the config of metadata that says only provider, model, hyperparameters, prompt and strategy."""
    from datacraft.engines.llm.prompts import shipped_prompt

    provider = metadata.provider
    if provider == "unknown" and metadata.selected_model.startswith("gemini-"):
        provider = "gemini"
    kind = metadata.strategy if metadata.strategy in ("sql", "plan") else "sql"
    named = metadata.hyperparameters
    prompt = {"name": metadata.prompt.name, "text": metadata.prompt.text} if metadata.prompt else None
    return {
        "provider": provider,
        "model": metadata.selected_model,
        "hyperparameters": {
            "temperature": named.temperature,
            "top_p": named.top_p,
            "top_k": named.top_k if provider in ("gemini", "vertex", "local") else None,
        },
        "prompt": prompt or shipped_prompt(f"{kind}-1").model_dump(),
        "strategy": {"kind": "repair", "of": {"kind": kind}},
        "fallback": [builtin_config().model_dump(mode="json")],
    }

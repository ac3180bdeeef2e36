"""A model file (GGUF) that runs on this machine, by llama.cpp's server inside this process."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from datacraft.contracts.errors import ConfigError, ModelNotFound
from datacraft.contracts.model_config import ModelConfig
from datacraft.engines.llm.providers.openai import openai_model

if TYPE_CHECKING:
    from datacraft.engines.llm.providers.pydantic_ai_model import PydanticAIModel

_MAGIC = b"GGUF"
_LOADING = threading.Lock()
_CONTEXT = 8_192  # tokens
_SLOTS = 2


def local_model(config: ModelConfig) -> PydanticAIModel:
    """Return a model of a GGUF file, which is loaded once in a process.

    Args:
        config: `model` is the file's path.

    Raises:
        ConfigError: the library that runs it is not installed.
        ModelNotFound: there is no such file, or it is no model.
    """
    address = _served(_checked(Path(config.model).expanduser()).resolve())
    return openai_model(config, key=None, base_url=f"{address}/v1", connections=_SLOTS)


def _checked(path: Path) -> Path:
    hint = "Give `model` the path of a GGUF file."
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except OSError as error:
        raise ModelNotFound(f"The model file {path} can't be read: {error.strerror}.", hint=hint) from error
    if head != _MAGIC:
        raise ModelNotFound(f"{path} is not a model file: it does not begin as GGUF files do.", hint=hint)
    return path


def _served(path: Path) -> str:
    with _LOADING:  # `cache` alone would let two threads load the same file
        return _serve(path)


@cache
def _serve(path: Path) -> str:
    """Load a model and return the address of its server, which runs until the process ends."""
    try:
        from xllamacpp import CommonParams, Server
    except ImportError as error:
        raise ConfigError(
            "Running a model file needs xllamacpp, which is not installed.",
            hint="Install it in the project's folder with: pip install '.[local,llm]'",
        ) from error
    parameters = CommonParams()
    parameters.model.path = str(path)
    parameters.n_ctx = _CONTEXT * _SLOTS
    parameters.n_parallel = _SLOTS
    parameters.warmup = False
    parameters.verbosity = -1
    try:
        server = Server(parameters)
    except Exception as error:  # whatever the library says of a broken file
        raise ModelNotFound(
            f"The model file {path} can't be loaded: {str(error).splitlines()[0][:200]}",
            hint="The file may be cut off or of a newer kind; get it again.",
        ) from error
    _RUNNING.append(server)
    return str(server.listening_address)


_RUNNING: list[object] = []  # a server ends with its object

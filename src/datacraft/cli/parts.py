"""Parts that an installation may lack, found without importing them."""

from __future__ import annotations

import shutil
from importlib.util import find_spec

from datacraft.contracts.errors import ConfigError

PAGE_MODULES = ("streamlit",)
GCP_MODULES = ("google.cloud.storage", "google.cloud.bigquery")
LLM_MODULES = ("pydantic_ai", "tenacity", "aiolimiter", "genai_prices")
EVALUATION_MODULES = ("scipy",)
POSTGRES_MODULES = ("psycopg",)
DOCUMENT_MODULES = ("lxml", "PIL", "pypdfium2", "docx")
MONITORING_MODULES = ("scipy",)
DELIVERY_MODULES = {
    "local": ("deliver", ("httpx", "psutil")),
    "cloudrun": ("gcp", ("google.cloud.run_v2",)),
    "vertex": ("gcp", ("google.auth", "google.api_core", "requests")),
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def missing_modules(names: tuple[str, ...]) -> list[str]:
    """Return those of the modules that are not installed."""
    return [name for name in names if not _is_installed(name)]


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # a parent package is not there
        return False


def require_page_parts() -> None:
    """Check that what the web page needs is there.

    Raises:
        ConfigError: it is not; says how to install it.
    """
    if missing := missing_modules(PAGE_MODULES):
        raise ConfigError(
            f"The web page needs {', '.join(missing)}, which is not installed.",
            hint="Install it in the project's folder with: pip install '.[ui]'",
        )


def require_evaluation_parts() -> None:
    """Check that what evaluating candidates needs is there.

    Raises:
        ConfigError: it is not; says how to install it.
    """
    if missing := missing_modules(EVALUATION_MODULES):
        raise ConfigError(
            f"Evaluating needs {', '.join(missing)}, which is not installed.",
            hint="Install it in the project's folder with: pip install '.[evaluate]'",
        )


def require_delivery_parts(target: str) -> None:
    """Check that what deploying to a target needs is there.

    Raises:
        ConfigError: it is not; says how to install it.
    """
    extra, modules = DELIVERY_MODULES[target]
    if missing := missing_modules(modules):
        raise ConfigError(
            f"Deploying there needs {', '.join(missing)}, which is not installed.",
            hint=f"Install it in the project's folder with: pip install '.[{extra}]'",
        )


def find_browser() -> str | None:
    """Return the path of a browser that the page's tests could use."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def require_monitoring_parts() -> None:
    """Check that what comparing data needs is there.

    Raises:
        ConfigError: it is not; says how to install it.
    """
    if missing := missing_modules(MONITORING_MODULES):
        raise ConfigError(
            f"Comparing data needs {', '.join(missing)}, which is not installed.",
            hint="Install it in the project's folder with: pip install '.[monitor]'",
        )

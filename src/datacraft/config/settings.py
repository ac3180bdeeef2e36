"""`Settings`: every option there is, with its default, its bounds and what it is for."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from datacraft.contracts.access import Role
from datacraft.contracts.policy import PerformanceWeights, SelectionPolicy
from datacraft.contracts.release import CHANNEL_NAME

_BETWEEN_PATHS = re.compile(rf"{re.escape(os.pathsep)}(?!//)")

LogLevel = Literal["debug", "info", "warning", "error"]


def _split_paths(value: object) -> object:
    """Read one text as a list of paths, written as in `PATH`: an environment variable holds only text."""
    # The colon of bigquery://project/dataset and gs://bucket/file parts nothing.
    return [part for part in _BETWEEN_PATHS.split(value) if part] if isinstance(value, str) else value


def _split_words(value: object) -> object:
    """Read one text as a list: by commas and blanks."""
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _with_scheme(value: object) -> object:
    """Complete `host:port`, as `STORAGE_EMULATOR_HOST` is often written."""
    return f"http://{value}" if isinstance(value, str) and "://" not in value else value


def _absolute(path: Path) -> Path:
    """Fix a path to the working folder of now, so that a later change of folder moves nothing."""
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - links stay as the person wrote them


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataSettings(_Section):
    """Which data is asked about."""

    paths: Annotated[tuple[Path, ...], BeforeValidator(_split_paths)] = Field(
        default=(), description="Files, folders or databases to ask about, here or at `gs://bucket/path`."
    )
    semantic: Path = Field(
        default=Path("semantic.yaml"), description="What the data means; `datacraft profile` writes it."
    )
    contracts: Path = Field(
        default=Path("contracts"), description="Folder of what tables must be; `datacraft ingest` proposes."
    )
    cache: bool = Field(
        default=True, description="Keep loaded files in the state folder, for a faster next start."
    )


class WarehouseSettings(_Section):
    """What one statement may use."""

    memory: str = Field(
        default="2GB",
        pattern=r"^\d+(\.\d+)? ?[KMGT]i?B$",
        description='Upper bound, for example "512MB" or "2GB".',
    )
    threads: int | None = Field(default=None, ge=1, description="Null: as many as the machine has.")
    timeout_s: float = Field(default=30, gt=0, description="Seconds after which a statement is stopped.")
    row_limit: int = Field(
        default=10_000, ge=1, description="Rows of an answer; what is beyond is cut, and said."
    )


class EngineSettings(_Section):
    """How sure the engine has to be."""

    minimum_confidence: float = Field(
        default=0.5, ge=0, le=1, description="Below it, DataCraft asks back instead of answering."
    )


class LlmSettings(_Section):
    """Language models, for those who use one. Keys come from the environment or from secret files alone."""

    answer_with: Path | None = Field(
        default=None, description="A model config that answers, whatever the registry says."
    )
    configs: Path = Field(default=Path("models"), description="Folder of one's own model configs.")
    concurrency: int = Field(
        default=16, ge=1, le=1_000, description="Calls to one provider at the same time."
    )
    requests_per_minute: float | None = Field(
        default=None, gt=0, description="Calls to one provider in any minute; null: no limit of ours."
    )
    tokens_per_minute: float | None = Field(
        default=None, gt=0, description="Tokens to one provider in any minute, by estimate."
    )
    keep_replies_days: float = Field(default=7, ge=0, description="How long replies may be used again.")
    gemini_endpoint: Annotated[str | None, BeforeValidator(_with_scheme)] = Field(
        default=None,
        pattern=r"^https?://",
        description="Address of a stand-in for Gemini and Vertex AI, instead of Google's own.",
    )


class RegistrySettings(_Section):
    """Where releases live."""

    url: str | None = Field(
        default=None,
        pattern=r"^(file:///.*|gs://[^/]+/?)$",
        description="`file:///folder` or `gs://bucket`; null: the bucket of `gcp.bucket`, else the state folder.",
    )
    endpoint: Annotated[str | None, BeforeValidator(_with_scheme)] = Field(
        default=None,
        pattern=r"^https?://",
        description="Address of a storage emulator, instead of Google's own.",
    )
    signers: Annotated[tuple[str, ...], BeforeValidator(_split_words)] = Field(
        default=(),
        description="Public keys, as minisign writes them; one of them must have signed a release that is promoted.",
    )


class GcpSettings(_Section):
    """Google Cloud, for those who use it."""

    project_id: str | None = Field(default=None, description="The project that is billed.")
    region: str | None = Field(default=None, description='For example "us-central1".')
    bucket: str | None = Field(default=None, description="Cloud Storage bucket of the registry.")
    dataset: str | None = Field(
        default=None, description="BigQuery data set that is asked about where no data is named."
    )
    maximum_bytes_billed: int = Field(
        default=10_000_000_000,
        ge=10_000_000,
        description="Bytes that one BigQuery query may read; one that would read more is not run.",
    )
    bigquery_endpoint: Annotated[str | None, BeforeValidator(_with_scheme)] = Field(
        default=None,
        pattern=r"^https?://",
        description="Address of a BigQuery emulator, instead of Google's own.",
    )
    monitoring_endpoint: Annotated[str | None, BeforeValidator(_with_scheme)] = Field(
        default=None,
        pattern=r"^https?://",
        description="Address of a stand-in for Cloud Monitoring, instead of Google's own.",
    )


class ServeSettings(_Section):
    """The web page and the HTTP API. Sizes are in bytes, times in seconds."""

    host: str = Field(default="127.0.0.1", description='"0.0.0.0" to be reached from other machines.')
    port: int = Field(default=8501, ge=0, le=65_535, description="0: any free one.")
    max_body_bytes: int = Field(
        default=1_000_000, ge=1, description="Larger requests of the API are turned away."
    )
    max_question_chars: int = Field(default=2_000, ge=1, description="Longer questions are turned away.")
    concurrency: int = Field(default=4, ge=1, description="Questions that are answered at the same time.")
    queue: int = Field(default=64, ge=0, description="Questions that may wait; more get a 429.")
    queue_timeout_s: float = Field(
        default=15, gt=0, description="How long a question may wait before it gets a 429."
    )
    timeout_s: float = Field(
        default=60, gt=0, description="How long a question may take once it has its turn."
    )
    predict_route: str | None = Field(
        default=None,
        pattern=r"^/[^?#\s]*$",
        description="Serve predictions there, as Vertex AI asks for them, and no page; null: page and API.",
    )
    health_route: str = Field(
        default="/ready",
        pattern=r"^/[^?#\s]*$",
        description="Where Vertex AI asks whether predictions can be made.",
    )


class AccessSettings(_Section):
    """Who may ask, and do more than ask."""

    sign_in: Literal["none", "api_keys", "oidc", "iap"] = Field(
        default="none",
        description="How people and programs say who they are: not at all, by API key, with an OpenID Connect provider, or through Google's Identity-Aware Proxy.",
    )
    allow_anonymous: bool = Field(
        default=False, description="Listen to other machines though nobody signs in."
    )
    anonymous_role: Role = Field(default="analyst", description="What everybody is where nobody signs in.")
    default_role: Literal["viewer", "analyst", "engineer", "operator", "none"] = Field(
        default="viewer",
        description="Of people who sign in and are not under `access.roles`; none: not let in.",
    )
    roles: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[^\s=]+=(viewer|analyst|engineer|operator)$")], ...],
        BeforeValidator(_split_words),
    ] = Field(
        default=(),
        description="Roles of people, each as name@example.com=role or example.com=role; an address goes before its domain.",
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^?#\s]+$",
        description='Where people find the page, such as "https://datacraft.example.com"; a provider sends them back there.',
    )
    oidc_issuer: str | None = Field(
        default=None, pattern=r"^https?://", description="The OpenID Connect provider, as its tokens name it."
    )
    oidc_client_id: str | None = Field(
        default=None,
        description="Under which the provider knows this service; its secret comes from OIDC_CLIENT_SECRET.",
    )
    iap_audience: str | None = Field(
        default=None, description="For whom the proxy's assertions must be, as Google's console shows it."
    )
    iap_keys_url: str = Field(
        default="https://www.gstatic.com/iap/verify/public_key",
        pattern=r"^https?://",
        description="Where the proxy's public keys are.",
    )
    clock_skew_s: float = Field(
        default=30,
        ge=0,
        le=300,
        description="Seconds that the clock of who signs people in and ours may differ.",
    )


class CloudRunSettings(_Section):
    """The service on Google Cloud Run; its project and region are those of `gcp`."""

    service: str = Field(
        default="datacraft-app",
        pattern=r"^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$",
        description="Name of the service.",
    )
    image: str | None = Field(
        default=None,
        description='What it runs, such as "us-east1-docker.pkg.dev/PROJECT/mlops-models/datacraft-app:TAG".',
    )
    port: int = Field(
        default=8501, ge=1, le=65_535, description="At which the image listens, and Cloud Run asks it."
    )
    memory: str = Field(
        default="2Gi", pattern=r"^\d+(Mi|Gi)$", description='Memory of an instance, such as "2Gi".'
    )
    cpu: int = Field(default=2, ge=1, le=8, description="CPUs of an instance.")
    timeout_s: int = Field(default=300, ge=1, le=3_600, description="Seconds that an answer may take.")
    min_instances: int = Field(default=0, ge=0, description="Instances that are there even when nobody asks.")
    max_instances: int = Field(default=10, ge=1, description="Instances that there are at most.")
    service_account: str | None = Field(
        default=None, description="Account that it runs as; null: the project's own."
    )
    env: Annotated[tuple[str, ...], BeforeValidator(_split_words)] = Field(
        default=(), description="Environment variables, each as NAME=value."
    )
    secrets: Annotated[tuple[str, ...], BeforeValidator(_split_words)] = Field(
        default=(),
        description="Environment variables from Secret Manager, each as NAME=secret or NAME=secret:version.",
    )
    allow_unauthenticated: bool = Field(
        default=False, description="Let everybody in, without Google's sign-in."
    )
    endpoint: Annotated[str | None, BeforeValidator(_with_scheme)] = Field(
        default=None,
        pattern=r"^https?://",
        description="Address of a stand-in for Cloud Run, instead of Google's own.",
    )


class VertexSettings(_Section):
    """The endpoint on Vertex AI, which gives predictions and no page; project and region are those of `gcp`."""

    service: str = Field(
        default="datacraft-app",
        pattern=r"^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$",
        description="Name of the endpoint and of its model.",
    )
    image: str | None = Field(
        default=None,
        description='What it runs, such as "us-east1-docker.pkg.dev/PROJECT/mlops-models/datacraft-app:TAG".',
    )
    port: int = Field(
        default=8501, ge=1, le=65_535, description="At which the image listens, and Vertex AI asks it."
    )
    machine_type: str = Field(
        default="n1-standard-2", pattern=r"^[a-z0-9-]+$", description="Machine of a replica."
    )
    min_replicas: int = Field(default=1, ge=1, description="Replicas of a revision that are always there.")
    max_replicas: int = Field(default=3, ge=1, description="Replicas of a revision at most.")
    service_account: str | None = Field(
        default=None, description="Account that it runs as; null: Vertex AI's own."
    )
    env: Annotated[tuple[str, ...], BeforeValidator(_split_words)] = Field(
        default=(), description="Environment variables, each as NAME=value."
    )
    endpoint: Annotated[str | None, BeforeValidator(_with_scheme)] = Field(
        default=None,
        pattern=r"^https?://",
        description="Address of a stand-in for Vertex AI, instead of Google's own.",
    )


class DeploySettings(_Section):
    """Where releases are served to people, and how they get there."""

    target: Literal["local", "cloudrun", "vertex"] = Field(
        default="local", description="This machine, Google Cloud Run, or an endpoint of Vertex AI."
    )
    ready_timeout_s: float = Field(
        default=300, gt=0, description="How long a new revision may take until it can serve."
    )
    drain_s: float = Field(
        default=600,
        ge=0,
        description="On this machine: how long open sessions may stay with an old revision.",
    )
    cloudrun: CloudRunSettings = CloudRunSettings()
    vertex: VertexSettings = VertexSettings()


QuestionTexts = Literal["stored", "redacted", "hashed", "none"]


class TelemetrySettings(_Section):
    """What is written down about each question, in the state folder."""

    questions: QuestionTexts = Field(
        default="stored",
        description="What is kept of questions and comments: all, all but what looks private (redacted), whether "
        "two are equal (hashed), or none; with the last two no SQL either.",
    )
    log_values: bool = Field(
        default=False, description="Keep values of the data, where a record would hold them."
    )
    keep_days: int | None = Field(
        default=365, ge=1, description="Days that records are kept after theirs is over; null: for ever."
    )
    table: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9.:-]*(\.[A-Za-z0-9_]+){2}$",
        description="BigQuery table, as project.dataset.table, that records are copied to and that monitoring reads: "
        "for services whose disks do not last, such as those of Cloud Run.",
    )
    otlp_endpoint: Annotated[str | None, BeforeValidator(_with_scheme)] = Field(
        default=None,
        pattern=r"^https?://",
        description='OpenTelemetry collector that takes traces over HTTP, such as "http://localhost:4318".',
    )


class NotifySettings(_Section):
    """Who is told how a delivery ended. Passwords and tokens come from the environment or secret files alone."""

    smtp_host: str | None = Field(default=None, description="Mail server; null: no mail is sent.")
    smtp_port: int = Field(default=587, ge=1, le=65_535, description="Of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection to the mail server is encrypted."
    )
    smtp_user: str | None = Field(default=None, description="Null: without sign-in.")
    sender: str | None = Field(
        default=None,
        pattern=r"^([^<>@\r\n]*<)?[^\s@<>,;]+@[^\s@<>,;]+>?$",
        description="From whom mail comes; null: the user.",
    )
    recipients: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[^\s@<>,;]+@[^\s@<>,;]+$")], ...], BeforeValidator(_split_words)
    ] = Field(default=(), description="Who gets mail.")
    timeout_s: float = Field(default=20, gt=0, description="How long sending a notice may take.")


class AirflowSettings(_Section):
    """Where the evaluation's DAG runs. The password comes from AIRFLOW_PASSWORD, or the file it names, alone."""

    url: Annotated[str | None, BeforeValidator(_with_scheme)] = Field(
        default=None,
        pattern=r"^https?://",
        description='Of Airflow\'s API server, such as "https://airflow.example.com".',
    )
    user: str = Field(default="admin", description="Who signs in; without AIRFLOW_PASSWORD nobody does.")
    dag: str = Field(
        default="model_pipeline_dag",
        pattern=r"^[\w.-]+$",
        description="The DAG that evaluates and publishes.",
    )
    deadline_s: float = Field(default=43_200, gt=0, description="How long a run may take.")


class MonitoringSettings(_Section):
    """Whom monitoring asks to evaluate candidates anew. Thresholds stand in ci-cd/config/ci_cd_config.yaml."""

    github_repository: str | None = Field(
        default=None,
        pattern=r"^[\w.-]+/[\w.-]+$",
        description="owner/name of the repository whose workflow is started; needs GITHUB_TOKEN.",
    )
    github_api: Annotated[str, BeforeValidator(_with_scheme)] = Field(
        default="https://api.github.com", pattern=r"^https?://", description="Address of GitHub's REST API."
    )
    webhook_url: Annotated[str | None, BeforeValidator(_with_scheme)] = Field(
        default=None,
        pattern=r"^https?://",
        description="Who is called, signed; needs MONITORING_WEBHOOK_SECRET.",
    )


class EvaluationSettings(_Section):
    """How candidates are scored and chosen."""

    performance: PerformanceWeights = PerformanceWeights()
    selection: SelectionPolicy = SelectionPolicy()


class Settings(BaseSettings):
    """Everything that can be set. `load_settings` reads it; `Settings()` is the defaults alone."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, validate_default=True)

    data: DataSettings = DataSettings()
    state_dir: Annotated[Path, AfterValidator(_absolute)] = Field(
        default=Path(".datacraft"), description="History, telemetry, cache and the local registry."
    )
    channel: str = Field(
        default="production",
        pattern=CHANNEL_NAME,
        description="Which channel's release answers.",
    )
    model: str | None = Field(default=None, description="Model that answers where the registry holds none.")
    database_url: str = Field(
        default_factory=lambda data: f"sqlite:///{data.get('state_dir', '.datacraft')}/datacraft.db",
        pattern=r"^[a-z][a-z0-9+]*://",
        description="Where history is kept, as SQLAlchemy writes it; unset: SQLite in the state folder.",
    )
    log_level: Annotated[LogLevel, BeforeValidator(_lower)] = Field(
        default="warning", description="Talk on stderr."
    )
    warehouse: WarehouseSettings = WarehouseSettings()
    engine: EngineSettings = EngineSettings()
    llm: LlmSettings = LlmSettings()
    registry: RegistrySettings = RegistrySettings()
    gcp: GcpSettings = GcpSettings()
    serve: ServeSettings = ServeSettings()
    access: AccessSettings = AccessSettings()
    deploy: DeploySettings = DeploySettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    notify: NotifySettings = NotifySettings()
    airflow: AirflowSettings = AirflowSettings()
    monitoring: MonitoringSettings = MonitoringSettings()

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def asked_about(self) -> tuple[Path, ...]:
        """What questions are about: the data that is named, else the BigQuery data set."""
        if self.data.paths or self.gcp.dataset is None:
            return self.data.paths
        return (Path(f"bigquery:/{self.gcp.dataset}"),)

    @property
    def registry_url(self) -> str:
        """Where releases live: as set, else the bucket, else a folder in the state folder."""
        if self.registry.url:
            return self.registry.url
        if self.gcp.bucket:
            return f"gs://{self.gcp.bucket}"
        return (self.state_dir / "registry").as_uri()

    @property
    def origins(self) -> dict[str, str]:
        """Dotted key -> where its value comes from, for each key that isn't at its default."""
        return dict(self._origins)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing on one's own: the sources, which know their origins, come from `load_settings`."""
        return (init_settings,)

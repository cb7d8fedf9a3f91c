"""What a stack file may say of monitoring."""

from typing import Annotated

from pydantic import Field

from components.framework.section import AddOnSection
from infra.section import SecretText, Section

Team = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$")]
_WEB = r"^https?://[^\s/]+(/[^\s]*)?$"


class GitHubLogin(Section):
    client_id: str
    """Of the OAuth app whose callback is `<url>/login/github`."""
    client_secret: SecretText
    """Set it with `pulumi config set --secret --path`."""
    organizations: Annotated[tuple[str, ...], Field(min_length=1)]
    """Members may look at everything."""
    editor_teams: tuple[Team, ...] = ()
    """Teams (`organization/team`) that may also edit."""
    admin_teams: tuple[Team, ...] = ()
    """Teams that may also administer."""


class Grafana(Section):
    url: Annotated[str, Field(pattern=_WEB)] = "http://localhost:3000"
    """Address in the browser. The default is that of `kubectl port-forward`."""
    github: GitHubLogin | None = None
    """Log in through GitHub. Left out: with the administrator's password alone."""


class Slack(Section):
    url: SecretText
    """Incoming webhook. Set it as a secret."""
    channel: Annotated[str, Field(pattern=r"^[#@][^\s]+$")]
    """Where messages go: `#gpu-alerts`."""


class Receivers(Section):
    slack: Slack | None = None
    """A Slack channel."""
    webhook: SecretText | None = None
    """Address that gets every alert as Alertmanager's JSON. Set it as a secret."""
    heartbeat: SecretText | None = None
    """Address that is called every few minutes while alerts work. Set it as a secret."""


class Monitoring(AddOnSection):
    retention_days: Annotated[int, Field(ge=1)] = 15
    """Days that measurements are kept, as long as the volume has room."""
    storage_gib: Annotated[int, Field(ge=1)] = 50
    """Volume for measurements."""
    storage_class: str | None = None
    """Storage class of the volumes. Left out: OKE's block volumes, or the only class that the cluster has; no volume else."""
    scrape_seconds: Annotated[int, Field(ge=5, le=120)] = 30
    """Time between two measurements."""
    grafana: Grafana = Grafana()
    """Dashboards."""
    receivers: Receivers = Receivers()
    """Who hears of alerts."""
    runbooks: Annotated[str, Field(pattern=_WEB)] | None = None
    """Address of the folder `docs/runbooks` where people read it: `https://<host>/<repository>/blob/main/docs/runbooks`. Alerts lead to
    their page in it. Left out: to none, for where this repository is kept is not known."""
    unused_node_minutes: Annotated[int, Field(ge=1)] = 20
    """A GPU node that nobody asked for is reported after this time."""

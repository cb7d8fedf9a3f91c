"""What a stack file may say of monitoring."""

from typing import Annotated

from pydantic import Field

from components.framework.section import AddOnSection
from infra.section import SecretHttpsAddress, SecretText, SecretWebAddress, Section, WebAddress, form

Team = Annotated[str, form(r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", "a team: organization/team")]
SlackChannel = Annotated[
    str,
    form(
        r"^(#[^\sA-Z!-,./:-@\[-^`{-~]{1,80}|@[^\s#@,]{1,80}|[CGD][A-Z0-9]{8,})$",
        "a channel of Slack (#gpu-alerts: lower case, digits, dashes and underscores, at most 80), its ID, or a member (@name)",
    ),
]
"""Slack, "Create a channel", 2026-11."""


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
    url: WebAddress = "http://localhost:3000"
    """Address in the browser. The default is that of `kubectl port-forward`."""
    github: GitHubLogin | None = None
    """Log in through GitHub. Left out: with the administrator's password alone."""


class Slack(Section):
    url: SecretHttpsAddress
    """Incoming webhook. Set it as a secret."""
    channel: SlackChannel
    """Where messages go: `#gpu-alerts`."""


class Receivers(Section):
    slack: Slack | None = None
    """A Slack channel."""
    webhook: SecretWebAddress | None = None
    """Address that gets every alert as Alertmanager's JSON. Set it as a secret."""
    heartbeat: SecretWebAddress | None = None
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
    runbooks: WebAddress | None = None
    """Address of the folder `docs/runbooks` where people read it: `https://<host>/<repository>/blob/main/docs/runbooks`. Alerts lead to
    their page in it. Left out: to none, for where this repository is kept is not known."""
    unused_node_minutes: Annotated[int, Field(ge=1)] = 20
    """A GPU node that nobody asked for is reported after this time."""

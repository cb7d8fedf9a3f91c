"""What a stack file may say of monitoring, and what the platform tells it of prices."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.addon import AddOnSettings
from infra.facts import LogTarget

# NVIDIA, "XID Errors", 2026-08: faults of the GPU, its memory, its links or its firmware. Left out are those that a program causes
# by itself: 13 (illegal access), 31 (page fault), 43 and 45 (a channel that was stopped).
HARDWARE_XIDS = (48, 62, 63, 64, 74, 79, 92, 94, 95, 119, 120, 140)

# Upper bounds in seconds of the histograms that runner scale sets are told to keep. The longest build must be below the last.
JOB_BUCKETS = (5, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200)


@dataclass(frozen=True, kw_only=True)
class GitHubLogin:
    """Who may look. Members of the organizations are viewers; a team may make more of them."""

    client_id: str
    client_secret: str
    """Never in Helm values or in plain sight of Pulumi's state."""
    organizations: tuple[str, ...]
    editor_teams: tuple[str, ...] = ()
    """`organization/team`, as GitHub's addresses have them."""
    admin_teams: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Grafana:
    url: str = "http://localhost:3000"
    """Address in the browser, which GitHub sends people back to. The default is that of `kubectl port-forward`."""
    github: GitHubLogin | None = None
    """None: the administrator's password alone."""


@dataclass(frozen=True, kw_only=True)
class Slack:
    url: str
    """Incoming webhook; a secret."""
    channel: str


@dataclass(frozen=True, kw_only=True)
class Receivers:
    """Who hears of alerts. Addresses are secrets."""

    slack: Slack | None = None
    webhook: str | None = None
    """Gets every alert as Alertmanager's JSON."""
    heartbeat: str | None = None
    """Called every few minutes while alerts work, so that its owner notices when they do not."""


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What the platform costs, as plain data: monitoring knows no prices by itself."""

    node_usd_per_hour: Mapping[str, float] = field(default_factory=dict)
    """List price of one node, by entry of `nodePools`."""
    monthly_usd: int | None = None
    """The cap on spending."""


@dataclass(frozen=True, kw_only=True)
class CrdsSettings(AddOnSettings):
    pass


@dataclass(frozen=True, kw_only=True)
class MonitoringSettings(AddOnSettings):
    retention_days: int = 15
    storage_gib: int = 50
    """Of Prometheus' volume."""
    storage_class: str | None = None
    """None for OKE's block volumes, or the only class there is; with neither, measurements live as long as the pod."""
    scrape_seconds: int = 30
    grafana: Grafana = Grafana()
    receivers: Receivers = Receivers()
    runbooks: str | None = None
    """What comes before `/<Alert>.md` in alerts: the address of docs/runbooks wherever people read the repository. None: no link."""
    queue_seconds: int = 600
    """A job that waits longer for its runner is late. One of JOB_BUCKETS."""
    idle_minutes: int = 30
    """A pod that holds a GPU for this long without using it is idle."""
    unused_node_minutes: int = 20
    """A GPU node that nobody asked for is reported after this time: the autoscaler should have taken it away by then."""
    hardware_xids: tuple[int, ...] | None = None
    """None for HARDWARE_XIDS."""
    costs: Costs = field(default=Costs(), metadata={"filled": "by the stack"})
    """From its pools, its price book and its cap; no section of the stack file has it."""


@dataclass(frozen=True, kw_only=True)
class OciOnmSettings(AddOnSettings):
    target: LogTarget | None = None
    """None for the place that the stack makes, where it makes one."""

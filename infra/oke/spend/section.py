"""The `spend` and `guardrails` sections: what the platform may cost, and who hears of it."""

from typing import Annotated

from pydantic import Field

from infra.pricing import monthly_cap
from infra.section import Email, Percent, Section, form

CompartmentPath = Annotated[str, form(r"^[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+)*$", "a path of compartments from the root: platform:gpu-ci")]


class Spend(Section):
    """One cap, declared once and compiled into every enforcer: budget, quotas, policies, queues."""

    monthly_usd: Annotated[int, Field(ge=1)] | None = None
    """Most the platform may cost in a month, in whole US dollars at list price."""
    hourly_usd: Annotated[float, Field(gt=0)] | None = None
    """Most the platform may cost in an hour with every pool at its maximum, in US dollars at list price. Where both are given, the lower
    one holds: a month is 730 hours."""
    gpus: dict[str, Annotated[int, Field(ge=0)]] = {}
    """Most GPUs by model (`A10: 4`), over all availability domains. A model that is not named may have none."""

    @property
    def monthly_cap(self) -> int | None:
        """Most a month in whole US dollars; None where neither is given."""
        return monthly_cap(self.monthly_usd, self.hourly_usd)


class Guardrails(Section):
    recipients: Annotated[tuple[Email, ...], Field(min_length=1)]
    """Mail addresses that budget alerts go to."""
    thresholds: Annotated[tuple[Percent, ...], Field(min_length=1)] = (50, 80, 100)
    """Alerts at these percentages of `spend.monthlyUsd`, for what was spent and for what is forecast."""
    quota: bool = True
    """Cap GPUs by OCI quotas, per availability domain. Needs rights in the tenancy's root."""
    quota_names: dict[str, str] = {}
    """Names of Oracle's quotas by GPU model (`L40S: gpu-l40s-count`), for models whose name Oracle does not publish. Ask the tenancy:
    `oci limits definition list --service-name compute`."""
    compartment_path: (
        Annotated[str, form(r"^[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+)*$", "a path of compartments from the root: platform:gpu-ci")] | None
    ) = None
    """Path of the cluster's compartment from the root (`platform:gpu-ci`), as quota statements name it."""

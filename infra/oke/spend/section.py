"""The `spend` and `guardrails` sections: what the platform may cost, and who hears of it."""

from typing import Annotated

from pydantic import Field

from infra.section import Email, Percent, Section, form

CompartmentPath = Annotated[str, form(r"^[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+)*$", "a path of compartments from the root: platform:gpu-ci")]


class Spend(Section):
    """One cap, declared once and compiled into every enforcer: budget, quotas, policies, queues."""

    monthly_usd: Annotated[int, Field(ge=1)] | None = None
    """Most the platform may cost in a month, in whole US dollars at list price."""
    gpus: dict[str, Annotated[int, Field(ge=0)]] = {}
    """Most GPUs by model (`A10: 4`), over all availability domains. A model that is not named may have none."""


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

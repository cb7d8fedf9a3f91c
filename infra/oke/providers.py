"""Explicit providers for Oracle: one for the cluster's region, one for the home region that IAM is written to."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import pulumi

from infra import tags
from infra.oci import oci
from infra.problems import PlanError, Problem

AUTH_METHODS = (
    "ApiKey",
    "InstancePrincipal",
    "InstancePrincipalWithCerts",
    "SecurityToken",
    "ResourcePrincipal",
    "OKEWorkloadIdentity",
    "WorkloadIdentityFederation",
)
"""Ways to authenticate. pulumi_oci 5.5.0, `ProviderArgs.auth`."""

FROM_PROFILE = frozenset({"ApiKey", "SecurityToken"})
"""Methods whose credentials lie in a profile of the OCI configuration file."""


class ProviderPlanError(PlanError):
    """The settings of the providers contradict each other."""


@dataclass(frozen=True, kw_only=True)
class Authentication:
    """How to authenticate. Never a key: it would end in the stack's state. Keys stay in a profile or in the environment (`OCI_*`)."""

    method: str | None = None
    """One of AUTH_METHODS; None for what the environment says."""
    profile: str | None = None
    """Profile of the OCI configuration file; None for what the environment says."""
    retry_seconds: int | None = None
    """How long one call is retried, in seconds; None for the provider's own. IAM is slow to agree with itself: not below 60."""


def check(authentication: Authentication) -> None:
    """Raises ProviderPlanError with every setting that cannot be."""
    problems: list[Problem] = []
    method, profile, retry = authentication.method, authentication.profile, authentication.retry_seconds
    if method is not None and method not in AUTH_METHODS:
        problems.append(Problem("auth.method", f"{method!r} is not known; choose one of {', '.join(AUTH_METHODS)}"))
    elif method is not None and profile is not None and method not in FROM_PROFILE:
        problems.append(Problem("auth.profile", f"{profile!r} is not used by {method}, which needs no profile; leave it out"))
    if retry is not None and retry < 60:
        problems.append(Problem("auth.retrySeconds", f"is {retry}, but must be at least 60: new policies take that long to be seen"))
    if problems:
        raise ProviderPlanError(problems)


@dataclass(frozen=True, kw_only=True)
class Providers:
    region: oci.Provider
    home: oci.Provider
    """Of the tenancy's home region: policies, dynamic groups, budgets and quotas."""


def providers(
    region: str,
    home_region: pulumi.Input[str] | Callable[[oci.Provider], pulumi.Input[str]],
    authentication: Authentication | None = None,
    ignore_defined_tags: Collection[str] = (),
    opts: pulumi.ResourceOptions | None = None,
) -> Providers:
    """Both providers, even where the regions are one: a tenancy's IAM resources then keep their provider for good.

    `home_region` is a name, or how to find it through the provider of the region. `ignore_defined_tags` are keys that the tenancy puts
    on by itself, beside Oracle's own: they are neither written nor taken off.
    """
    chosen = authentication or Authentication()
    check(chosen)

    def provider(name: str, where: pulumi.Input[str]) -> oci.Provider:
        return oci.Provider(
            name,
            region=where,
            auth=chosen.method,
            config_file_profile=chosen.profile,
            retry_duration_seconds=chosen.retry_seconds,
            ignore_defined_tags=list(dict.fromkeys((*tags.IGNORED, *ignore_defined_tags))),
            opts=opts,
        )

    here = provider("oci", region)
    return Providers(region=here, home=provider("oci-home", home_region(here) if callable(home_region) else home_region))

"""The controllers that the test bed can run. A new one is a row here, and one in toolchain/programs.py."""

from collections.abc import Mapping
from typing import Any

from testkit.controllers.controller import Controller, Place
from toolchain.programs import KUEUE as KUEUE_PROGRAM

GATES = "VisibilityOnDemand=false,ElasticJobsViaWorkloadSlices=true"
FRAMEWORKS = ("batch/job", "pod", "ray.io/raycluster", "ray.io/rayjob", "leaderworkerset.x-k8s.io/leaderworkerset")
"""Kinds of jobs that the Kueue of the test bed looks at; those that are not installed it waits for."""


def _kueue_settings(place: Place) -> Mapping[str, Any]:
    return {
        "apiVersion": "config.kueue.x-k8s.io/v1beta2",
        "kind": "Configuration",
        "namespace": "kueue-system",
        "health": {"healthProbeBindAddress": "0"},
        "metrics": {"bindAddress": "0"},
        "webhook": {"host": "127.0.0.1", "port": place.port, "certDir": str(place.certificates)},
        "leaderElection": {"leaderElect": False},
        "internalCertManagement": {
            "enable": True,
            "webhookServiceName": "kueue-webhook-service",
            "webhookSecretName": "kueue-webhook-server-cert",
        },
        "clientConnection": {"qps": 300, "burst": 500},
        "managedJobsNamespaceSelector": {"matchLabels": {"managed-by-kueue": "true"}},
        "integrations": {"frameworks": list(FRAMEWORKS)},
    }


KUEUE = Controller(
    program=KUEUE_PROGRAM,
    namespace="kueue-system",
    prefix="kueue-",
    definitions="config/components/crd/bases",
    converted=frozenset(
        f"{plural}.kueue.x-k8s.io" for plural in ("clusterqueues", "cohorts", "localqueues", "multikueueclusters", "workloads")
    ),
    webhooks="config/components/webhook/manifests.yaml",
    roles=tuple(
        f"config/components/rbac/{name}.yaml"
        for name in ("service_account", "role", "role_binding", "manager_secrets_role", "manager_secrets_role_binding")
    ),
    secret="kueue-webhook-server-cert",  # noqa: S106 - a name
    group="kueue.x-k8s.io",
    opt_in={"managed-by-kueue": "true"},
    settings=_kueue_settings,
    # Its API of pending work would need an aggregated API server's certificates.
    arguments=lambda place: (f"--config={place.settings}", f"--feature-gates={GATES}"),
    canary={
        "apiVersion": "kueue.x-k8s.io/v1beta2",
        "kind": "ResourceFlavor",
        "metadata": {"name": "is-it-serving"},
        "spec": {},
    },
)

CONTROLLERS: Mapping[str, Controller] = {each.name: each for each in (KUEUE,)}
"""By the name of the program that runs."""

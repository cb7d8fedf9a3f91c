"""The table of programs that are built here. A new one is a row, and a folder in modules/ with a go.mod and a go.sum that pin it.

Its packages are those that the `tool` lines of go.mod name. Standard library only.
"""

from pathlib import Path

from toolchain.built import Elsewhere, Program
from toolchain.go import Module, Version

MODULES = Path(__file__).resolve().parent / "modules"


def _counted_from_300(module: Version) -> str:
    """A release of Prometheus 3.x is module version 0.30x: v0.315.0 is 3.15.0."""
    return f"{module.minor // 100}.{module.minor % 100}.{module.patch}"


OLDEST_ENGINE = Version(3, 259, 0)
"""The oldest Pulumi that all tests passed with, whoever installed it."""

ENGINE = Program(
    key="engine",
    name="the engine",
    cache="pulumi",
    modules=(Module(name="the engine", folder=MODULES / "pulumi", programs={"pulumi": "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"}),),
    symbols={"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "{release}"},
    asks=("version",),
    asks_env={"PULUMI_SKIP_UPDATE_CHECK": "true"},
    room_gib=5.0,  # 1.5 of build cache, 1.5 of link, 1.3 of modules, 0.2 of Go (v3.259.0, Go 1.27.3)
    begins=f"No Pulumi {OLDEST_ENGINE} or newer was found: building {{release}} from its Go module, once",
    elsewhere=Elsewhere(
        variable="PULUMI",
        on_path=True,
        oldest=OLDEST_ENGINE,
        described="a Pulumi that runs",
        advice=f"install Pulumi {OLDEST_ENGINE} or newer by hand, on PATH or named by PULUMI",
    ),
)

# One on PATH is not taken: distributions carry releases that are years old, and rules would be tried with another Prometheus than the
# one that will read them.
PROMTOOL = Program(
    key="promtool",
    name="promtool",
    modules=(Module(name="promtool", folder=MODULES / "promtool", programs={"promtool": "github.com/prometheus/prometheus/cmd/promtool"}),),
    symbols={"github.com/prometheus/common/version.Version": "{release}"},
    released_as=_counted_from_300,
    room_gib=5.0,
    elsewhere=Elsewhere(
        variable="PROMTOOL", oldest=Version(0, 0, 0), described="a promtool that runs", advice="name a promtool by PROMTOOL"
    ),
)

# Helm 3, because Pulumi's Kubernetes provider installs releases with it: Helm 4 takes values that 3 refuses. From v3.18.0 on it holds
# values to a chart's schema as the provider does (another validator came with it).
HELM = Program(
    key="helm",
    name="Helm",
    modules=(Module(name="Helm", folder=MODULES / "helm", programs={"helm": "helm.sh/helm/v3/cmd/helm"}),),
    symbols={"helm.sh/helm/v3/internal/version.version": "{release}"},
    asks=("version", "--short"),
    room_gib=4.0,
    elsewhere=Elsewhere(
        variable="HELM",
        on_path=True,
        oldest=Version(3, 18, 0),
        same_major=True,
        described="a Helm 3 from v3.18.0 on",
        advice="name a Helm 3 by HELM",
    ),
)

CONTROL_PLANE = Program(
    key="control-plane",
    name="the control plane",
    modules=(
        Module(
            name="the control plane",
            folder=MODULES / "control-plane",
            programs={
                "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
                "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
                "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
                "etcd": "go.etcd.io/etcd/server/v3",
            },
        ),
        Module(name="kwok", folder=MODULES / "kwok", programs={"kwok": "sigs.k8s.io/kwok/cmd/kwok"}),
    ),
    symbols={
        "k8s.io/component-base/version.gitVersion": "{release}",
        "k8s.io/component-base/version.gitMajor": "{major}",
        "k8s.io/component-base/version.gitMinor": "{minor}",
        "k8s.io/component-base/version.gitTreeState": "clean",
    },
    room_gib=7.0,  # measured at 5.4 GiB (v1.34.2, Go 1.27.3)
    stays_gib=0.4,
    begins="Building a Kubernetes {release} control plane, once",
    elsewhere=Elsewhere(
        variable="KUBEBUILDER_ASSETS",
        folder_has=("kube-apiserver", "etcd"),
        advice="point KUBEBUILDER_ASSETS at a folder with {names}",
    ),
)

# A controller that the test bed runs beside the control plane, and what it brings into a cluster. It says no version before it runs.
KUEUE = Program(
    key="kueue",
    name="Kueue",
    modules=(
        Module(
            name="Kueue",
            folder=MODULES / "kueue",
            programs={"kueue": "sigs.k8s.io/kueue/cmd/kueue", "kueuectl": "sigs.k8s.io/kueue/cmd/kueuectl"},
            data=("config/components/crd/bases", "config/components/rbac", "config/components/webhook/manifests.yaml"),
        ),
    ),
    symbols={"sigs.k8s.io/kueue/pkg/version.GitVersion": "{release}"},
    asks=(),
    room_gib=6.0,
    stays_gib=0.3,
    begins="Building Kueue {release} from its Go module, once",
)

PROGRAMS = (ENGINE, PROMTOOL, HELM, CONTROL_PLANE, KUEUE)

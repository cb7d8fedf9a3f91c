"""What the GPU Operator cannot be asked for, with the reason and the fix."""

from collections.abc import Iterable, Mapping

from components.gpu.operator import host_paths, mig_plans, sharing
from components.gpu.operator.device_plugin import PLUGIN, owner
from components.gpu.operator.section import GpuOperator
from infra.facts import ClusterContext
from infra.problems import Problem


def problems(cluster: ClusterContext, section: GpuOperator) -> Iterable[Problem]:
    """Paths are those of the section."""
    if not cluster.nvidia_pools:
        yield Problem("", "has nothing to operate: no pool has NVIDIA GPUs; add one that has, or turn gpu-operator off")
        return
    yield from _owner_problems(cluster, section)
    yield from _pool_problems(cluster, section)
    yield from _second_source_problems(cluster, section)
    yield from _runtime_problems(cluster, section)


def _owner_problems(cluster: ClusterContext, section: GpuOperator) -> Iterable[Problem]:
    provides = PLUGIN in cluster.provided
    if section.device_plugin == "operator" and provides:
        fix = "set cluster.devicePlugin to operator, or take it out of cluster.provided"
        yield Problem(
            "devicePlugin", f"is operator, but the cluster runs NVIDIA's device plugin too, and two would register every GPU; {fix}"
        )
    if section.device_plugin == "cluster" and not provides:
        yield Problem(
            "devicePlugin", "is cluster, but the cluster does not run NVIDIA's device plugin, so no GPU would be advertised; use operator"
        )
    if owner(cluster, section) == "cluster":
        for key, asked in (("sharing", section.sharing), ("mig", section.mig)):
            if asked:
                yield Problem(key, "is done by the device plugin, which is the cluster's own here; set cluster.devicePlugin to operator")
    if section.driver_version is not None and cluster.host_has_gpu_driver:
        yield Problem("driverVersion", f"is {section.driver_version}, but the nodes' images carry the driver; leave it out")


def _pool_problems(cluster: ClusterContext, section: GpuOperator) -> Iterable[Problem]:
    pools = {pool.entry: pool for pool in cluster.gpu_pools}
    for key, names in (("sharing", section.sharing), ("mig", section.mig)):
        for name in names:
            if name not in pools:
                known = ", ".join(dict.fromkeys(pools)) or "none"
                yield Problem(f"{key}.{name}", f"there is no GPU pool {name}; those of the stack file are {known}")
    for name, shared in section.sharing.items():
        if name in pools:
            yield from _under(f"sharing.{name}", sharing.problems(pools[name], shared, partitioned=name in section.mig))
    for name, request in section.mig.items():
        if name in pools:
            yield from _under(f"mig.{name}", mig_plans.problems(pools[name], request, section.mig_strategy))


def _under(prefix: str, problems: Iterable[Problem]) -> Iterable[Problem]:
    return (problem.under(prefix) for problem in problems)


def _second_source_problems(cluster: ClusterContext, section: GpuOperator) -> Iterable[Problem]:
    """What `values` may not turn on, because somebody else brings it: it would be there twice."""
    others = {
        "nfd": (True, "node-feature-discovery is an add-on of its own"),
        "driver": (cluster.host_has_gpu_driver, "the nodes' images carry the driver"),
        "devicePlugin": (owner(cluster, section) == "cluster", "the cluster runs NVIDIA's device plugin"),
    }
    for key, (brought, by) in others.items():
        given = section.values.get(key)
        if brought and key in section.values and (given is None or (isinstance(given, Mapping) and given.get("enabled", ()) is None)):
            where = f"values.{key}" if given is None else f"values.{key}.enabled"
            yield Problem(where, f"is null, which takes out that it is off, but {by}, and there would be two; take it out")
        if brought and isinstance(given, Mapping) and given.get("enabled"):
            yield Problem(f"values.{key}.enabled", f"is true, but {by}, and there would be two; take it out")


def _runtime_problems(cluster: ClusterContext, section: GpuOperator) -> Iterable[Problem]:
    """CDI without the toolkit: the operator's pods would ask for a runtime that nobody sets up, and wait for ever."""
    brings_toolkit = owner(cluster, section) == "operator" or not cluster.host_has_gpu_driver
    on = {key: _given(section, key, brings_toolkit) for key in ("cdi", "toolkit")}
    if on["toolkit"]:
        yield from host_paths.problems(cluster, section.values)
    if on["cdi"] and not on["toolkit"]:
        key = "toolkit" if brings_toolkit else "cdi"
        fix = "take it out" if brings_toolkit else "take it out, or turn toolkit on as well"
        state = "false, but CDI is on" if brings_toolkit else "true, but the operator installs no toolkit here"
        yield Problem(
            f"values.{key}.enabled", f"is {state}: its pods would ask for the runtime nvidia, which only its toolkit sets up; {fix}"
        )


def _given(section: GpuOperator, key: str, own: bool) -> bool:
    """Whether a part is on once `values` are merged over the platform's own. Null takes those out, and the chart has both parts on."""
    given = section.values.get(key, {})
    if given is None:
        return True
    chosen = given.get("enabled", own) if isinstance(given, Mapping) else own
    return True if chosen is None else bool(chosen)

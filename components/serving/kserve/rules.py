"""What KServe cannot be asked for, with the reason and the fix."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from components.serving.kserve import inference_service, placement, runtimes
from components.serving.kserve.models import models
from components.serving.kserve.section import KServe
from infra.facts import ClusterContext
from infra.problems import Problem


def problems(cluster: ClusterContext, section: KServe) -> Iterable[Problem]:
    """Paths are those of the section."""
    yield from (problem.under("images") for problem in runtimes.image_problems(section.images))
    wrong: set[str] = set()
    for name, model in section.models.items():
        for problem in inference_service.problems(name, model, section, cluster):
            wrong.add(name)
            yield problem.under(f"models.{name}")
    yield from _together(cluster, section, wrong)


def _together(cluster: ClusterContext, section: KServe, wrong: set[str]) -> Iterator[Problem]:
    """Models that each fit, on pools that do not have room for all of them. Those with problems of their own are left out."""
    asked: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for name, model in models(cluster, section).items():
        if name not in wrong and not model.stopped:
            entries = tuple(dict.fromkeys(pool.entry for pool in placement.choose(model, cluster)))
            asked[entries][name] = model.replicas * model.gpus
    for entries, gpus in asked.items():
        there = sum(pool.max_gpus for pool in cluster.pools if pool.entry in entries)
        if sum(gpus.values()) > there:
            which = ", ".join(f"{name} {count}" for name, count in gpus.items())
            fix = "raise maxSize, stop one of them, or place one elsewhere with `pools`"
            yield Problem("models", f"need {sum(gpus.values())} GPUs of {', '.join(entries)} together ({which}), which has {there}; {fix}")

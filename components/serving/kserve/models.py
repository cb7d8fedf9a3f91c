"""All that is served: the samples, and the models of the stack file."""

from components.serving.kserve import samples
from components.serving.kserve.section import KServe, Model
from infra.facts import ClusterContext


def models(cluster: ClusterContext, section: KServe) -> dict[str, Model]:
    """All that is served, samples first. A model of the stack file takes the place of a sample of its name."""
    return {**samples.plan(cluster, section), **section.models}


def secrets(section: KServe) -> list[str]:
    storage = section.object_storage
    names = (storage.existing_secret if storage is not None else None, section.hugging_face_secret)
    return [name for name in names if name is not None]

"""Plans how GPUs are partitioned: whether a set of profiles fits on a GPU and where, and how a demand is dealt to the GPUs of a node.

On an empty GPU a set fits if it keeps to the counts of each profile, to one `+me`, and to the sums of compute and memory slices; a
test holds that rule to the search for placements. NVIDIA's mig-parted finds out on the node, and says no more than `failed`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from components.gpu.operator.mig_profiles import MigModel, Slot

Layout = Mapping[str, int]
"""How many instances of each profile."""

SEARCHED = 20_000
"""Steps after which the search for the largest set that fits on several GPUs takes the best so far."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    profile: str
    start: int
    """First memory slice."""
    size: int
    """Memory slices."""


def placements(model: MigModel, layout: Layout) -> tuple[Placement, ...] | None:
    """Where the instances of `layout` lie on an empty GPU, the largest first; None where they do not fit.

    Raises KeyError for a profile that the model does not have.
    """
    profiles = [name for name in sorted(layout, key=lambda name: _size(model.profiles[name]), reverse=True) for _ in range(layout[name])]
    if not _keeps_count(model, layout) or sum(model.profiles[name].compute for name in profiles) > model.slicing.compute:
        return None
    return _placed(model, profiles, 0, frozenset())


def _placed(model: MigModel, profiles: Sequence[str], least: int, taken: frozenset[int]) -> tuple[Placement, ...] | None:
    """Places the rest of `profiles`. Equal ones go from left to right, from `least` on: their order is no difference."""
    if not profiles:
        return ()
    profile, *rest = profiles
    slot = model.profiles[profile]
    for start in slot.starts:
        slices = frozenset(range(start, start + slot.memory))
        if start < least or slices & taken:
            continue
        next_least = start + 1 if rest and rest[0] == profile else 0
        found = _placed(model, rest, next_least, taken | slices)
        if found is not None:
            return (Placement(profile=profile, start=start, size=slot.memory), *found)
    return None


def fits(model: MigModel, layout: Layout) -> bool:
    """Whether `layout` fits on an empty GPU, by the rule of sums."""
    compute, memory = slices(model, layout)
    return _keeps_count(model, layout) and compute <= model.slicing.compute and memory <= model.slicing.memory


def slices(model: MigModel, layout: Layout) -> tuple[int, int]:
    """Compute and memory slices that `layout` takes."""
    compute = sum(model.profiles[name].compute * count for name, count in layout.items())
    memory = sum(model.profiles[name].memory * count for name, count in layout.items())
    return compute, memory


def _keeps_count(model: MigModel, layout: Layout) -> bool:
    media = sum(count for name, count in layout.items() if model.profiles[name].media)
    return media <= 1 and all(count <= model.profiles[name].most for name, count in layout.items())


def _size(slot: Slot) -> tuple[int, int]:
    return slot.memory, slot.compute


def largest(model: MigModel, demand: Layout, gpus: int = 1) -> tuple[Layout, ...]:
    """A layout per GPU that together hold as much of `demand` as can be: most compute slices, then memory slices, then instances.

    GPUs come with the fullest first; one that nothing is left for has an empty layout.
    """
    names = [name for name in sorted(demand, key=lambda name: _size(model.profiles[name]), reverse=True) if demand[name] > 0]
    search = _Search(model, names, [demand[name] for name in names])
    dealt = search.run(gpus)
    layouts = [{name: count for name, count in zip(names, vector, strict=True) if count} for vector in dealt]
    return tuple(layouts + [{}] * (gpus - len(layouts)))


Vector = tuple[int, ...]
Value = tuple[int, int, int]


class _Search:
    """Branch and bound over the layouts that one GPU can have: GPUs are alike, so layouts are dealt in a fixed order."""

    def __init__(self, model: MigModel, names: Sequence[str], wanted: Sequence[int]) -> None:
        self.slots = [model.profiles[name] for name in names]
        self.wanted = tuple(wanted)
        self.room = (model.slicing.compute, model.slicing.memory)
        ranges = [range(min(slot.most, count) + 1) for slot, count in zip(self.slots, wanted, strict=True)]
        vectors = (vector for vector in product(*ranges) if any(vector) and fits(model, dict(zip(names, vector, strict=True))))
        self.vectors: list[Vector] = sorted(vectors, key=lambda vector: (self.value(vector), vector), reverse=True)
        self.best: tuple[Vector, ...] = ()
        self.best_value: Value = (0, 0, 0)
        self.steps = 0

    def value(self, vector: Iterable[int]) -> Value:
        counts = list(vector)
        compute = sum(slot.compute * count for slot, count in zip(self.slots, counts, strict=True))
        memory = sum(slot.memory * count for slot, count in zip(self.slots, counts, strict=True))
        return compute, memory, sum(counts)

    def run(self, gpus: int) -> tuple[Vector, ...]:
        self._deal(gpus, self.wanted, 0, (), (0, 0, 0))
        return self.best

    def _deal(self, gpus: int, left: Vector, first: int, dealt: tuple[Vector, ...], value: Value) -> None:
        self.steps += 1
        if value > self.best_value:
            self.best, self.best_value = dealt, value
        if not gpus or self.steps > SEARCHED or self._bound(gpus, left, value) <= self.best_value:
            return
        for index, vector in self._maximal(left, first):
            rest = tuple(have - take for have, take in zip(left, vector, strict=True))
            compute, memory, count = self.value(vector)
            self._deal(gpus - 1, rest, index, (*dealt, vector), (value[0] + compute, value[1] + memory, value[2] + count))

    def _bound(self, gpus: int, left: Vector, value: Value) -> Value:
        compute, memory, count = self.value(left)
        return value[0] + min(compute, gpus * self.room[0]), value[1] + min(memory, gpus * self.room[1]), value[2] + count

    def _maximal(self, left: Vector, first: int) -> Iterator[tuple[int, Vector]]:
        """Layouts that `left` has enough for, from `first` on. Those with another's instances and fewer lose nothing by being left out."""
        kept: list[Vector] = []
        for index in range(first, len(self.vectors)):
            vector = self.vectors[index]
            if any(take > have for take, have in zip(vector, left, strict=True)):
                continue
            if any(all(mine <= other for mine, other in zip(vector, larger, strict=True)) for larger in kept):
                continue
            kept.append(vector)
            yield index, vector


def total(layouts: Iterable[Layout]) -> dict[str, int]:
    """Instances of each profile over all GPUs."""
    counts: dict[str, int] = {}
    for layout in layouts:
        for name, count in layout.items():
            counts[name] = counts.get(name, 0) + count
    return counts


def shown(layout: Layout) -> str:
    """`3g.40gb x1, 2g.20gb x2`."""
    return ", ".join(f"{name} x{count}" for name, count in layout.items() if count) or "nothing"


def resource(profile: str) -> str:
    """What a pod asks for, with the strategy `mixed`: `nvidia.com/mig-1g.10gb.me`."""
    return f"nvidia.com/mig-{profile.replace('+', '.')}"

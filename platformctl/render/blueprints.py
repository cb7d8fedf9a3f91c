"""Blueprints as tables on the terminal."""

from collections.abc import Iterable, Sequence

from rich.table import Table

from platformctl.blueprints.load import Blueprint
from platformctl.blueprints.machines import START_MINUTES, STAY_MINUTES, Offer


def listed(rows: Iterable[tuple[Blueprint, Sequence[Offer]]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("blueprint", "what it is", "GPUs", "GiB each", "minutes", "budget", "cheapest", "costs at most"):
        table.add_column(
            heading, justify="left" if heading in {"blueprint", "what it is", "cheapest"} else "right", no_wrap=heading == "blueprint"
        )
    for blueprint, offers in rows:
        asked, budget = blueprint.manifest.resources, blueprint.manifest.budget
        cheapest = offers[0] if offers else None
        table.add_row(
            blueprint.name, blueprint.manifest.title, str(asked.gpus), str(asked.gpu_memory_gib), str(budget.minutes), f"${budget.usd:.2f}",
            cheapest.machine.name if cheapest else "none fits", _usd(cheapest),
        )  # fmt: skip
    return table


def priced(blueprint: Blueprint, offers: Iterable[Offer]) -> Table:
    budget = blueprint.manifest.budget
    minutes = f"{budget.minutes} minutes, and {START_MINUTES} to start the node and {STAY_MINUTES} until it is gone"
    table = Table(title=f"{blueprint.name}: {minutes}", title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading in ("machine", "GPUs", "each/h", "costs at most", f"budget ${budget.usd:.2f}"):
        table.add_column(heading, justify="left" if heading in {"machine", "GPUs"} else "right")
    for each in offers:
        price = each.machine.usd_per_hour
        table.add_row(
            each.machine.name,
            f"{each.machine.gpus} x {each.machine.gpu_model}" if each.machine.gpus else "",
            "not rented" if price is None else f"${price:.2f}",
            _usd(each),
            "kept" if each.within(blueprint.manifest) else "exceeded",
        )
    return table


def _usd(offer: Offer | None) -> str:
    if offer is None:
        return ""
    return "not rented" if offer.usd is None else f"${offer.usd:.2f}"

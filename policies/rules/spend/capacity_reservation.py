"""Reserved capacity costs nearly as much unused as used, so it has an end."""

from collections.abc import Iterator
from datetime import date

from policies.accessor import TEXT
from policies.rule import Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import Resource

TAG = "expires"
DATE = TEXT.called("the last day on which it is needed, such as 2026-12-31")


def check(reservation: Resource, config: Config) -> Iterator[Violation]:
    text, most = reservation.read.require(DATE, "freeformTags", TAG), config.integer("days")
    try:
        ends = date.fromisoformat(text)
    except ValueError:
        yield Violation(f"freeformTags.{TAG} is {text!r}, but must be a date, such as {config.today}")
        return
    days = (ends - config.today).days
    if days < 0:
        yield Violation(f"was meant to end on {ends}, {-days} days ago: remove it, or renew the tag {TAG}")
    if days > most:
        yield Violation(f"is to end on {ends}, {days} days from now; at most {most} are allowed, so that it is looked at again")


RULE = Rule(
    name="capacity-reservation",
    title="A capacity reservation says when it ends",
    topic="spend",
    severity="high",
    applies=("oci:Core/computeCapacityReservation:ComputeCapacityReservation",),
    why="Oracle charges 85 % of the price for reserved capacity that nobody uses, and never ends a reservation by itself.",
    fix="Tag it with `expires: YYYY-MM-DD`.",
    standards=NONE,
    settings=(
        Setting(
            name="days",
            kind="integer",
            meaning="Most days from now that a reservation may be meant for.",
            stricter="lower",
            default=90,
        ),
    ),
    check=check,
)

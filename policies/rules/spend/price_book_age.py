"""Old prices say little of what will be paid."""

from collections.abc import Iterator

from infra.pricing import BOOK
from policies.rule import Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import ROOT_STACK, Resource


def check(_: Resource, config: Config) -> Iterator[Violation]:
    days, allowed = BOOK.age(config.today), config.integer("days")
    if days < 0:
        yield Violation(f"the price book is of {BOOK.as_of}, which is to come: correct asOf in infra/pricing/book.json")
    if days > allowed:
        yield Violation(f"the price book is of {BOOK.as_of}, {days} days old; at most {allowed} are allowed: refresh it with `make prices`")


RULE = Rule(
    name="price-book-age",
    title="The prices are recent",
    topic="spend",
    severity="medium",
    applies=(ROOT_STACK,),
    why="Every limit in US dollars is only as good as the prices it is counted with.",
    fix="`make prices` reads Oracle's public list and shows what changed.",
    standards=NONE,
    settings=(
        Setting(
            name="days",
            kind="integer",
            meaning="Most days since the prices were read.",
            stricter="lower",
            default=180,
        ),
    ),
    check=check,
)

"""The words for what policies found that all outputs share."""

from collections import Counter

from platformctl.comparing import FAILS
from platformctl.engine.events import Violation
from platformctl.engine.losses import PROTECTED
from platformctl.engine.plan import STACK, Plan, name_of, type_of
from platformctl.errors import Refused
from platformctl.render.words import short
from policies.replacements import RULE_NAME


def refused(plan: Plan) -> Refused:
    """How a command ends whose plan policies refuse."""
    return Refused(f"{plan.stack} is refused: {summary(plan)}.")


def headline(plan: Plan) -> str:
    """`refused: bucket models is protected; refused: cluster would be replaced; `: what must not pass, before anything else is said."""
    protected = [name_of(violation.urn) for violation in plan.refusals if violation.policy == PROTECTED]
    lost = [name_of(violation.urn) for violation in plan.refusals if violation.policy == RULE_NAME and violation.urn in plan.by_urn]
    said = [f"protected, and would go: {', '.join(protected)}"] if protected else []
    said += [f"would be lost: {', '.join(lost)}"] if lost else []
    fails = [name_of(violation.urn) if violation.urn else "the stack" for violation in plan.refusals if violation.policy == FAILS]
    said += [f"would fail half-way: {', '.join(fails)}"] if fails else []
    return "".join(f"refused, {what}; " for what in said)


def summary(plan: Plan) -> str:
    """`42 policies, gpu-total (2 times) violated; 3 to consider`."""
    if plan.rules is None:
        return f"{headline(plan)}no policies were checked"
    names = Counter(violation.policy for violation in plan.refusals)
    said = [f"{name} ({count} times)" if count > 1 else name for name, count in names.items()]
    advice = len(plan.violations) - len(plan.refusals)
    found = [f"{', '.join(said)} violated"] if said else []
    found += [f"{advice} to consider"] if advice else []
    if found and plan.before is not None:
        found.append(f"{sum(map(plan.is_new, plan.violations)) or 'none'} of them new")
    return f"{len(plan.rules)} policies, {'; '.join(found) or 'all kept'}"


def there_before(plan: Plan) -> str:
    """`gpu-total (2 times), boot-volume-size`: what the base violates as well; empty where nothing is, or where there is no base."""
    names = Counter(violation.policy for violation in plan.violations if not plan.is_new(violation))
    return ", ".join(f"{name} ({count} times)" if count > 1 else name for name, count in names.items())


def resource(violation: Violation) -> str:
    """`pool-a10-ad1 (ContainerEngine.NodePool)`, or the stack."""
    if not violation.urn or type_of(violation.urn) == STACK:
        return "the stack"
    return f"{name_of(violation.urn)} ({short(type_of(violation.urn))})"


def fix_of(plan: Plan, violation: Violation) -> str:
    """What the rule says of fixing it; empty where the pack is not known."""
    return next((rule.fix for rule in plan.rules or () if rule.name == violation.policy), "")

"""The reference of the policy pack: every rule with its reason, its settings, a violation that a test provokes, and the way out."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from policies.configuration import plain
from policies.registry import RULES
from policies.rule import ENVIRONMENTS, Rule, Setting, Topic
from policies.scorecard import WORDS, counts, scorecard
from policies.standards import NOT_ADOPTED
from testkit import policy_cases
from testkit.policy_cases import Case

_TOPICS: Mapping[Topic, str] = {
    "spend": "Spend",
    "security": "Security",
    "reliability": "Reliability",
    "pack": "The pack itself",
}

_HEAD = """# Policies

Generated from `policies/` and `tests/policies/` by `make docs`; do not edit.

The pack judges what a program asks for, before anything of it exists. It runs in the engine:

```sh
pulumi preview --policy-pack policies
```

Its limits are those of the stack file (`spend`, `environment`, `tags`, the region), which the engine hands over. A file for
`--policy-pack-config` (`platformctl preview`, `diff` and `rehearse` take it as `--policy-config`) can tighten any rule's settings, and
loosen nothing that the stack file says, nor a default. What nobody says holds at its strictest. One exception covers what follows from
it: a pool that may be larger (`gpu-pool-size`) makes the sums `gpu-total` and `stack-cost` larger, and is left out of them.

**What cannot be read does not pass.** An input that a rule needs and that is unknown before the update, missing, or of another type is
a violation that says so. Where a rule lets something pass unread, it is listed below with the reason, and a test holds the list.

**Sums are kept while resources are registered.** GPUs and money are added up over the stack at the autoscaler's maximum, and the
resource that goes over a limit is refused before it is made. The whole stack is judged again at the end.

**The program that is judged has no say.** A pack judges one operation: it answers the engine alone, which called it first, and takes its
limits once. Whoever else calls, and whoever calls with other limits, is refused, and so is the stack from then on.

**Nothing can be switched off.** A rule that is disabled, misspelt or given a setting it does not have is a violation itself.
`python -m policies.lint FILE [--against REVISION:FILE]` tells the same of a configuration, a stack file or the exceptions, and what is
looser than before.

Each violation shown below is a test: the change is made to the stack of `tests/policies/compliant.yaml`, and the message comes of it.
"""

_EXCEPTIONS = """
## Exceptions

`policies/exceptions.yaml` lets single resources pass single rules until a day. It is reviewed like code.

```yaml
- rule: gpu-models
  resource: "oci:ContainerEngine/nodePool:NodePool/pool-h100-*" # a type in full, and a name with * for a part
  stack: prod # may be left out: it holds in every stack then
  reason: Throughput test before the launch
  approver: platform team
  expires: 2026-12-15 # the last day on which it holds
```

While it holds, the violation is advisory and says who approved it, why, and until when. On the day after, it excuses nothing and is a
violation of `policy-exceptions` itself. One that is too wide (no type, or less than three characters of a name) is refused too, and one
that excuses nothing in a stack is reported there. A resource that is excepted from a sum is left out of it. Rules on the pack itself, and
violations of the stack as a whole, know no exceptions. `python -m policies.exemptions` lists all that are live, the one that ends first on
top.
"""

_LIMITS = """
## What the pack cannot see

- Somebody who leaves `--policy-pack` out: local packs are not enforced by any setting of Pulumi's own backends. Make the check required
  in CI, and let quotas refuse what no preview saw.
- Changes by console, CLI or other stacks. Quotas and budgets see those.
- What a Helm chart makes inside the cluster: a release is one resource. Rendered charts are checked by tests, pods by admission policies.
- Subnets of a network that another stack made: whether they are public is not known here.
- IAM statements that name a cluster before it exists: they are judged by the update that makes them, not by the first preview.
- Which pool an OCID in the autoscaler's settings means is known once the pools exist. The update that makes them compares all bounds
  before the autoscaler gets its bounds, and pool by pool at its end.
- Load balancers that Kubernetes makes for its Services, and the ports that they open.
- Prices are those of a dated book: Oracle's list, less the `discounts` of `infra/pricing/book.json`, in US dollars. Egress, object storage
  and other metered things are not part of any sum.
"""


def page() -> str:
    return "".join([_HEAD, _overview(), *map(_topic, _TOPICS), _EXCEPTIONS, _corpus(), _standards(), _scorecard(), _LIMITS])


def _overview() -> str:
    rows = [f"| [`{rule.name}`](#{rule.name}) | {rule.title} | {rule.severity} | {_level(rule)} |" for rule in RULES]
    table = "\n".join(["| rule | what it asks for | severity | level |", "| --- | --- | --- | --- |", *rows])
    return f"\n{len(RULES)} rules. A mandatory violation stops the preview and the update; an advisory one is reported.\n\n{table}\n"


def _level(rule: Rule) -> str:
    levels = {environment: rule.level_in(environment) for environment in ENVIRONMENTS}
    if len(set(levels.values())) == 1:
        return levels["prod"]
    return ", ".join(f"{level} in {environment}" for environment, level in levels.items())


def _topic(topic: Topic) -> str:
    return f"\n## {_TOPICS[topic]}\n" + "".join(_rule(rule) for rule in RULES if rule.topic == topic)


def _rule(rule: Rule) -> str:
    parts = [
        f"\n### {rule.name}\n\n{rule.title}. {rule.severity.capitalize()}, {_level(rule)}.\n\n{rule.why}\n\n**To fix it:** {rule.fix}\n"
    ]
    if rule.settings:
        parts.append(_settings(rule))
    if rule.accepts:
        parts.append(
            "\n"
            + "\n".join(f"- Passes unread: `{item.path}`, {' or '.join(item.trouble)}: {item.because}." for item in rule.accepts)
            + "\n"
        )
    parts.append(f"\nStandards: {', '.join(map(str, sorted(rule.standards))) or 'none asks for it'}.\n")
    found = [case for case in policy_cases.cases() if case.rule is rule]
    if not found:
        raise LookupError(f"{rule.name} has no case in tests/policies/refused: write one that it refuses")
    parts.append(_example(found[0]))
    if len(found) > 1:
        parts.append("\nAlso refused: " + "; ".join(case.title for case in found[1:]) + ".\n")
    return "".join(parts)


def _settings(rule: Rule) -> str:
    rows = [f"| `{item.name}` | {_kind(item)} | `{_shown(item.default)}` | {item.meaning} |" for item in rule.settings]
    return "\n" + "\n".join(["| setting | kind | strictest | meaning |", "| --- | --- | --- | --- |", *rows]) + "\n"


def _kind(setting: Setting) -> str:
    return " \\| ".join(f"`{choice}`" for choice in setting.choices) if setting.choices else setting.kind


def _shown(value: Any) -> str:
    text: str = yaml.safe_dump(plain(value), default_flow_style=True, width=1000).strip()
    return text.removesuffix("\n...").strip()


def _example(case: Case) -> str:
    change = _yaml(case.changed) if case.changed else ""
    shown = f"```yaml\n{change}```\n\n" if change else ""
    said = case.says[0].replace("<any>", "...")
    return f"\nA violation: {case.title}.\n\n{shown}> {said}\n"


def _yaml(value: Mapping[str, Any]) -> str:
    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    text: str = yaml.dump(dict(value), Dumper=Dumper, sort_keys=False, default_flow_style=None, width=120)
    return text


def _corpus() -> str:
    rows = [f"| {stack.title} | {', '.join(f'`{rule}`' for rule in stack.verdicts)} |" for stack in policy_cases.corpus()]
    head = "Stacks of `tests/policies/corpus/`, and the rules that refuse each; a test holds every verdict, resource by resource."
    return f"\n## Bad stacks\n\n{head}\n\n" + "\n".join(["| stack | refused by |", "| --- | --- |", *rows]) + "\n"


def _standards() -> str:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for rule in RULES:
        for standard in rule.standards:
            found[f"{standard.framework} {standard.version}"][standard.control].append(rule.name)
    sections = (f"\n| {name} | rules |\n| --- | --- |\n" + "".join(_controls(controls)) for name, controls in sorted(found.items()))
    head = "Which rule stands for which control. checkov's checks of OCI read Terraform alone; the rules do for Pulumi what they do there."
    return f"\n## Standards\n\n{head}\n" + "".join(sections) + _not_adopted()


def _not_adopted() -> str:
    reasons: dict[str, list[str]] = defaultdict(list)
    for control, why in NOT_ADOPTED.items():
        reasons[why].append(control)
    rows = [f"| {', '.join(controls)} | {why} |" for why, controls in reasons.items()]
    head = "Of checkov's checks of OCI these have no rule."
    return f"\n{head}\n\n" + "\n".join(["| checkov | why not |", "| --- | --- |", *rows]) + "\n"


def _controls(controls: Mapping[str, list[str]]) -> Iterator[str]:
    def key(control: str) -> list[tuple[int, str]]:
        return [(int(part), "") if part.isdigit() else (0, part) for part in control.replace("_", ".").split(".")]

    for control in sorted(controls, key=key):
        yield f"| {control} | {', '.join(f'`{rule}`' for rule in controls[control])} |\n"


def _scorecard() -> str:
    entries = scorecard()
    rows = [f"| {entry.control.number} | {entry.control.subject} | {WORDS[entry.status]} | {_answer(entry)} |" for entry in entries]
    head = f"{counts(entries)}. The same as text: `python -m policies.scorecard`."
    note = "Numbers follow the benchmark's structure, subjects are in our own words: hold them against the document before an audit."
    table = "\n".join(["| control | subject | answered by | rules, reason or evidence |", "| --- | --- | --- | --- |", *rows])
    return f"\n## CIS OKE scorecard\n\n{head} {note}\n\n{table}\n"


def _answer(entry: Any) -> str:
    return ", ".join(f"`{rule}`" for rule in entry.rules) if entry.rules else entry.answer

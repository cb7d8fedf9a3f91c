"""Who may do what in the cluster: a matrix of personas, resources and verbs, from the roles themselves."""

from collections.abc import Iterator, Sequence

from components.access.personas.escalations import ESCALATIONS
from components.access.personas.roles import PERSONAS, READ, ROLES, Role

_HEAD = """# Who may do what

Generated from `components/access/personas/` by `make docs`; do not edit. The API server is asked for every answer of this page, and for
every way to more rights at its end, by a SubjectAccessReview: `tests/apiserver/test_personas.py`.

| persona | who | where |
| --- | --- | --- |
| **admin** | the group `addons.personas.admins`, for a while `breakGlass.group` | everywhere, everything (`cluster-admin`) |
| **maintainer** | the group `addons.personas.maintainers` | reads the cluster; ends what runs in teams' namespaces |
| **member** | the group `teams.<team>.members` | the namespaces of the team |
| **ci-submitter** | the service account of that name, where a namespace has `ci: true` | that namespace |

## Ask for it

`bin/platformctl access STACK` shows who may do what in one stack, from every role, binding and IAM statement that it would make, what leads
to more rights first; `--json` for scripts. `platformctl diff` and the review of a pull request show what a change adds and takes away
([preview-a-pull-request.md](preview-a-pull-request.md#who-may-do-more)).

## Who gets in

On OKE a request passes where IAM **or** RBAC allows it. So each group gets one IAM statement, `use clusters` on this cluster alone: enough
for a token, and no right inside. Nobody gets `manage clusters`: IAM takes whoever has it for an administrator of the cluster, past
everything on this page. Whoever administers the tenancy has it; that is not for this platform to take away.

## Break the glass

```yaml
addons:
  personas:
    breakGlass:
      group: ocid1.group.oc1..exampleoncall
      until: "2026-12-01T18:00:00Z"
      reason: The API server refuses nodes
```

The IAM statement of that group ends at `until` (`request.utc-timestamp before`), whether anybody runs anything or not; the group must be
one that nothing else lets in, and this is refused otherwise. Take the section out afterwards: the binding stays until then, and opens no
door. On a cluster that exists nothing would end it, so it is refused there.

Members of a team may run commands in the pods of their own namespaces, and write Secrets there that only pods read back: pods are theirs.
Secrets of a service account's token, and pods that run as `ci-submitter`, are refused by [admission policies](admission.md).

## The matrix

What is not here is not allowed. A verb in **bold** changes something.
"""


def page() -> str:
    parts = [_HEAD]
    parts += (f"\n### {role.name}\n\n{role.about} {_where(role)}\n\n{_table(role)}" for role in ROLES)
    return "".join(parts) + _escalations()


def _where(role: Role) -> str:
    who = " and ".join(persona for persona, roles in PERSONAS.items() if role in roles)
    return f"Held by **{who}**, {'everywhere' if role.scope == 'cluster' else 'in namespaces of teams'}."


def _table(role: Role) -> str:
    rows = [
        f"| {rule.group or 'core'} | {', '.join(f'`{resource}`' for resource in rule.resources)} | {_verbs(rule.verbs)} |"
        for rule in role.rules
    ]
    return "\n".join(["| group | resources | verbs |", "| --- | --- | --- |", *rows]) + "\n"


def _verbs(verbs: Sequence[str]) -> str:
    return ", ".join(verb if verb in READ else f"**{verb}**" for verb in verbs)


def _escalations() -> str:
    return "".join((
        "\n## Ways to more rights\n\nNo persona but **admin** has one of these, in its own namespace or elsewhere.\n",
        "\n| group | resource | verbs | what it would allow |\n| --- | --- | --- | --- |\n",
        *(f"| {group or 'core'} | `{resource}` | {', '.join(verbs)} | {why} |\n" for group, resource, verbs, why in _ways()),
    ))  # fmt: skip


def _ways() -> Iterator[tuple[str, str, list[str], str]]:
    found: dict[tuple[str, str, str], list[str]] = {}
    for each in ESCALATIONS:
        found.setdefault((each.group, each.resource, each.why), []).append(each.verb)
    for (group, resource, why), verbs in found.items():
        yield group, resource, verbs, why

"""What the parts of the add-on call each other."""

NAMESPACE = "arc-systems"
"""Of the controller and of the listeners. Runners are elsewhere: they run what others wrote."""
RUNNERS = "arc-runners"
"""Where runners are if the stack file does not say."""
CONTROLLER = "arc"
"""Release of the controller."""
CONTROLLER_ACCOUNT = f"{CONTROLLER}-gha-rs-controller"
"""Its Deployment and its service account, as the chart names them (templates/_helpers.tpl, 0.14.2)."""


def runners_namespace(namespace: str) -> str:
    """Id of the row that makes the namespace."""
    return f"namespace.{namespace}"


def namespace_rows(namespace: str, own: tuple[str, ...]) -> tuple[str, ...]:
    """Ids of the rows that what is in the namespace comes after: none where a team has it."""
    return (runners_namespace(namespace),) if namespace in own else ()


def gate(scale_set: str) -> str:
    """The ConfigMap of a scale set's gate."""
    return f"{scale_set}-gate"

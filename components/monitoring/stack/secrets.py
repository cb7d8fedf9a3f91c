"""What monitoring keeps in Secrets: the administrator's password, and what the stack's encrypted configuration gives."""

from components.framework.plan import Confidential, Generated, Secret, SecretValue
from components.monitoring.stack import alertmanager, grafana
from components.monitoring.stack.section import Monitoring

PASSWORD = Generated(id="grafana-password")


def secrets(namespace: str, section: Monitoring) -> tuple[Secret, ...]:
    return tuple(Secret(name=name, namespace=namespace, content=content) for name, content in contents(section).items())


def contents(section: Monitoring) -> dict[str, dict[str, SecretValue]]:
    """What each Secret holds, by its name."""
    login, receivers = section.grafana.github, alertmanager.addresses(section.receivers)
    return {
        grafana.ADMIN_SECRET: {"admin-user": grafana.ADMIN, "admin-password": PASSWORD},
        **({grafana.GITHUB_SECRET: {"client-secret": Confidential(value=login.client_secret)}} if login else {}),
        **({alertmanager.SECRET: {key: Confidential(value=address) for key, address in receivers.items()}} if receivers else {}),
    }

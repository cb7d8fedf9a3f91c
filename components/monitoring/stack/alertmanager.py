"""Who hears of alerts: Alertmanager's routes and receivers, with every address in a Secret."""

from typing import Any

from components.monitoring.stack.section import Receivers

NAME = "alertmanager"
SECRET = "alertmanager-receivers"  # noqa: S105 - its name
NOBODY, PEOPLE, HEARTBEAT = "nobody", "people", "heartbeat"

_TITLE = "{{ .Status | toUpper }}: {{ .CommonLabels.alertname }}"
_TEXT = "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ with .Annotations.runbook_url }}{{ . }}\n{{ end }}{{ end }}"


def addresses(receivers: Receivers) -> dict[str, str]:
    """What the Secret holds: no key for what nobody asked for."""
    given = {"slack": receivers.slack.url if receivers.slack else None, "webhook": receivers.webhook, "heartbeat": receivers.heartbeat}
    return {key: address for key, address in given.items() if address is not None}


def document(namespace: str, receivers: Receivers) -> dict[str, Any]:
    """The AlertmanagerConfig that holds for the whole of Alertmanager."""
    people = [*_slack(receivers), *_webhook(receivers)]
    return {
        "apiVersion": "monitoring.coreos.com/v1alpha1",
        "kind": "AlertmanagerConfig",
        "metadata": {"name": NAME, "namespace": namespace},
        "spec": {
            "route": {
                "receiver": PEOPLE if people else NOBODY,
                "groupBy": ["alertname", "namespace"],
                "groupWait": "30s",
                "groupInterval": "5m",
                "repeatInterval": "12h",
                "routes": [
                    # Always firing: it proves that alerts work, and must reach nobody who sleeps.
                    {
                        "receiver": HEARTBEAT if receivers.heartbeat else NOBODY,
                        "matchers": [_is("alertname", "Watchdog")],
                        "groupWait": "0s",
                        "groupInterval": "1m",
                        "repeatInterval": "5m",
                    },
                    {"receiver": NOBODY, "matchers": [_is("alertname", "InfoInhibitor")]},
                    {"receiver": NOBODY, "matchers": [_is("severity", "info")]},
                ],
            },
            "inhibitRules": [
                {
                    "sourceMatch": [_is("severity", "critical")],
                    "targetMatch": [{"name": "severity", "value": "warning|info", "matchType": "=~"}],
                    "equal": ["namespace", "alertname"],
                },
                {
                    "sourceMatch": [_is("alertname", "InfoInhibitor")],
                    "targetMatch": [_is("severity", "info")],
                    "equal": ["namespace"],
                },
            ],
            "receivers": [
                {"name": NOBODY},
                *([_receiver(PEOPLE, dict(people))] if people else []),
                *([_receiver(HEARTBEAT, {"webhookConfigs": [{"urlSecret": _secret("heartbeat"), "sendResolved": False}]})]
                  if receivers.heartbeat else []),
            ],
        },
    }  # fmt: skip


def _slack(receivers: Receivers) -> list[tuple[str, Any]]:
    if receivers.slack is None:
        return []
    message = {"channel": receivers.slack.channel, "sendResolved": True, "title": _TITLE, "text": _TEXT}
    return [("slackConfigs", [{"apiURL": _secret("slack"), **message}])]


def _webhook(receivers: Receivers) -> list[tuple[str, Any]]:
    return [("webhookConfigs", [{"urlSecret": _secret("webhook"), "sendResolved": True}])] if receivers.webhook else []


def _receiver(name: str, configs: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, **configs}


def _secret(key: str) -> dict[str, str]:
    return {"name": SECRET, "key": key}


def _is(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value, "matchType": "="}

"""The pack's configuration: made from what a stack declares, checked against the rules, and never looser than they allow.

The engine itself ignores a policy or a key that does not exist, and lets any rule be disabled. Nothing here does.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

from policies.exemptions import Exemption
from policies.pack import EXCEPTIONS, Judged, Pack
from policies.registry import RULES
from policies.rule import ENVIRONMENTS, Config, Declared, Environment, Level, Rule, Setting, SettingKind

LEVEL = "enforcementLevel"
LEVELS = ("advisory", "mandatory", "disabled")
CONFIGURATION = "policy-configuration"
"""The rule that reports on the configuration."""

Configuration = Mapping[str, Any]
"""As in a file for `--policy-pack-config`: settings, and `enforcementLevel`, by the rule's name."""

_SCHEMAS: dict[SettingKind, dict[str, Any]] = {
    "integer": {"type": "integer", "minimum": 0},
    "number": {"type": "number", "minimum": 0},
    "flag": {"type": "boolean"},
    "text": {"type": "string"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "numbers": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
    "rows": {"type": "object", "additionalProperties": {"type": "object"}},
}


def compiled(declared: Declared, rules: Sequence[Rule] = RULES) -> dict[str, dict[str, Any]]:
    """The configuration for a stack, every setting written out."""
    return {
        rule.name: {
            LEVEL: rule.level_in(declared.environment),
            **{setting.name: plain(setting.value(declared)) for setting in rule.settings},
        }
        for rule in rules
    }


def plain(value: Any) -> Any:
    """A setting's value as JSON has it."""
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def schema(setting: Setting) -> dict[str, Any]:
    """JSON schema of a setting, with its strictest value as the default: what the engine checks and fills in."""
    choices = {"enum": list(setting.choices)} if setting.choices else {}
    return {**_SCHEMAS[setting.kind], **choices, "description": setting.meaning, "default": plain(setting.default)}


def problems(configuration: Any, rules: Sequence[Rule] = RULES) -> tuple[str, ...]:
    """Everything that is wrong with a configuration, in its own order."""
    if not isinstance(configuration, Mapping):
        return ("the configuration must be a mapping from rules to their settings",)
    by_name = {rule.name: rule for rule in rules}
    environment = _environment(configuration)
    found: list[str] = []
    for name, given in configuration.items():
        rule = by_name.get(name)
        if name == "all":
            found.append("all: one level for all rules is not allowed; set the level of a rule where it must differ")
        elif rule is None:
            found.append(f"{name}: no such rule{_hint(name, by_name)}")
        elif isinstance(given, str):
            found += _level_problems(rule, given, environment)
        elif not isinstance(given, Mapping):
            found.append(f"{name}: must be a mapping of settings, or a level")
        else:
            found += _rule_problems(rule, given, environment)
    return tuple(found)


def loosened(before: Configuration, after: Configuration, rules: Sequence[Rule] = RULES) -> tuple[str, ...]:
    """Where `after` lets more pass than `before`. Both must be free of problems."""
    found: list[str] = []
    for rule in rules:
        was, now = _given(before, rule), _given(after, rule)
        if _level(was, rule, before) == "mandatory" and _level(now, rule, after) != "mandatory":
            found.append(f"{rule.name}: was mandatory, is advisory")
        for setting in rule.settings:
            old, new = was.get(setting.name, plain(setting.default)), now.get(setting.name, plain(setting.default))
            if is_looser(setting, old, new):
                found.append(f"{rule.name}: {setting.name} was {_shown(old)}, is {_shown(new)}, which lets more pass")
    return tuple(found)


def overridden(declared: Configuration, given: Configuration, rules: Sequence[Rule] = RULES) -> tuple[str, ...]:
    """Where `given` lets more pass than `declared`: the limits of the stack file, and the defaults of what no stack file says."""
    found: list[str] = []
    for rule in rules:
        limits, now = _given(declared, rule), _given(given, rule)
        for setting in rule.settings:
            if setting.name not in limits or not _is(setting, now.get(setting.name)):
                continue
            if is_looser(setting, limits[setting.name], now[setting.name]):
                who = "the default is" if setting.given is None else "the stack file says"
                said = f"{_shown(now[setting.name])}, and {who} {_shown(limits[setting.name])}"
                found.append(f"{rule.name}: {setting.name} is {said}: a configuration can tighten it, and not loosen it")
    return tuple(found)


def is_looser(setting: Setting, old: Any, new: Any) -> bool:  # noqa: PLR0911 - a case for each direction
    """Whether the change of a setting can let more pass."""
    match setting.stricter:
        case "lower" if setting.kind == "numbers":
            return any(count > old.get(key, 0) for key, count in new.items())
        case "fewer" if setting.kind == "rows":
            return any(old.get(key) != row for key, row in new.items())
        case "lower":
            return bool(new > old)
        case "higher":
            return bool(new < old)
        case "fewer":
            return not set(new) <= set(old)
        case "more":
            return not set(new) >= set(old)
        case "true":
            return bool(old and not new)
        case "false":
            return bool(new and not old)
        case _:
            return bool(old != new)


def pack(
    configuration: Configuration,
    today: date,
    *,
    exemptions: Sequence[Exemption] = (),
    wrong: Iterable[str] = (),
    declared: Configuration | None = None,
) -> Pack:
    """The pack that judges by `configuration`. What is wrong with it, or with the exceptions (`wrong`), is a violation itself.

    `declared` is what the stack file makes of it, which it must not be looser than.
    """
    return Pack(judged(configuration, today, exemptions=exemptions, wrong=wrong, declared=declared), exemptions, today)


def judged(
    configuration: Configuration,
    today: date,
    *,
    exemptions: Sequence[Exemption] = (),
    wrong: Iterable[str] = (),
    declared: Configuration | None = None,
    rules: Sequence[Rule] = RULES,
) -> tuple[Judged, ...]:
    """Every rule with its level and settings. One that is configured wrongly is judged at its strictest."""
    found = (*problems(configuration, rules), *(() if declared is None else overridden(declared, configuration, rules)))
    reports: dict[str, Mapping[str, Any]] = {
        CONFIGURATION: {"problems": found},
        EXCEPTIONS: {
            "problems": tuple(wrong),
            "exemptions": tuple(exemptions),
            "rules": frozenset(rule.name for rule in rules),
            "own": frozenset(rule.name for rule in rules if rule.topic == "pack"),
            "critical": frozenset(rule.name for rule in rules if rule.severity == "critical"),
        },
    }
    made = []
    for rule in rules:
        given = _given(configuration, rule)
        values = {s.name: given[s.name] if _is(s, given.get(s.name)) else s.default for s in rule.settings}
        config = Config({**values, **reports.get(rule.name, {})}, today)
        made.append(Judged(rule=rule, level=_level(given, rule, configuration), config=config))
    return tuple(made)


def _given(configuration: Any, rule: Rule) -> Mapping[str, Any]:
    given = configuration.get(rule.name, {}) if isinstance(configuration, Mapping) else {}
    if isinstance(given, str):
        return {LEVEL: given}
    return given if isinstance(given, Mapping) else {}


def reporter() -> Rule:
    """The rule that reports what is wrong with the configuration."""
    return next(rule for rule in RULES if rule.name == CONFIGURATION)


def _environment(configuration: Any) -> Environment:
    named = _given(configuration, reporter()).get("environment")
    return next((known for known in ENVIRONMENTS if known == named), "prod")


def _level(given: Mapping[str, Any], rule: Rule, configuration: Any) -> Level:
    """The level asked for, where it is not below the rule's own."""
    least = rule.level_in(_environment(configuration))
    return "mandatory" if least == "mandatory" or given.get(LEVEL) == "mandatory" else "advisory"


def _level_problems(rule: Rule, level: Any, environment: Environment) -> list[str]:
    if level not in LEVELS:
        return [f"{rule.name}: {LEVEL} is {level!r}; allowed: advisory, mandatory"]
    least = rule.level_in(environment)
    if level == "disabled" or (least == "mandatory" and level != "mandatory"):
        return [f"{rule.name}: is {least} in {environment} and cannot be {level}; write an exception for the resource instead"]
    return []


def _rule_problems(rule: Rule, given: Mapping[str, Any], environment: Environment) -> list[str]:
    settings = {setting.name: setting for setting in rule.settings}
    found = _level_problems(rule, given[LEVEL], environment) if LEVEL in given else []
    for key, value in given.items():
        if key == LEVEL:
            continue
        if key not in settings:
            found.append(f"{rule.name}: no such setting: {key}{_hint(key, settings)}")
        elif not _is(settings[key], value):
            found.append(f"{rule.name}: {key} must be {_wanted(settings[key])}")
    return found


def _is(setting: Setting, value: Any) -> bool:  # noqa: PLR0911 - a case for each kind
    match setting.kind:
        case "integer":
            return _number(value) and float(value).is_integer()
        case "number":
            return _number(value)
        case "flag":
            return isinstance(value, bool)
        case "text":
            return isinstance(value, str) and (not setting.choices or value in setting.choices)
        case "texts":
            return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
        case "rows":
            return isinstance(value, Mapping) and all(isinstance(row, Mapping) for row in value.values())
        case "numbers":
            return isinstance(value, Mapping) and all(_number(item) and float(item).is_integer() for item in value.values())


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def _wanted(setting: Setting) -> str:
    if setting.choices:
        return f"one of {', '.join(setting.choices)}"
    words: dict[SettingKind, str] = {
        "integer": "a whole number, 0 or more",
        "number": "a number, 0 or more",
        "flag": "true or false",
        "text": "a text",
        "texts": "a list of texts",
        "numbers": "a mapping to whole numbers, 0 or more",
        "rows": "a mapping to mappings",
    }
    return words[setting.kind]


def _hint(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=2, cutoff=0.5)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_shown(item)}" for key, item in sorted(value.items())) + "}"
    return str(value)

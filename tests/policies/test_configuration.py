"""The pack's configuration: compiled from what a stack declares, never looser than the rules allow, every slip of the pen told."""

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from policies import lint
from policies.accessor import Refused
from policies.configuration import LEVEL, compiled, judged, loosened, overridden, problems, schema
from policies.declared import declared
from policies.node_pools import NODE_POOL, shape_of
from policies.registry import BY_NAME, RULES
from policies.rule import ENVIRONMENTS, Config, Declared, Environment
from policies.subject import Resource
from testkit.policy_cases import TODAY

INSTEAD = "; write an exception for the resource instead"
LOOSER = ", which lets more pass"
DEV = Declared(environment="dev", monthly_usd=3500, gpus={"A10": 2}, availability_domains=3, tags=("team",))
PROD = Declared(environment="prod", monthly_usd=200000, gpus={"A10": 12, "H100": 16}, availability_domains=3, tags=("team",))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_is_compiled_is_free_of_problems(environment: Environment) -> None:
    assert problems(compiled(Declared(environment=environment, monthly_usd=1, gpus={"A10": 1}))) == ()


def test_the_limits_of_the_stack_file_reach_the_rules() -> None:
    made = compiled(DEV)
    assert made["stack-cost"]["monthlyUsd"] == 3500
    assert made["gpu-total"]["gpus"] == made["gpu-pool-size"]["gpus"] == made["gpu-quota"]["gpus"] == {"A10": 2}
    assert made["gpu-models"] == {LEVEL: "mandatory", "environment": "dev", "models": ["A10"], "shapes": {}}
    assert made["one-domain"]["domains"] == 0
    assert made["required-tags"]["tags"] == ["team"]


def test_production_asks_for_more() -> None:
    dev, prod = compiled(DEV), compiled(PROD)
    for rule in ("production-protected", "image-verification", "secrets-key"):
        assert (dev[rule]["required"], prod[rule]["required"]) == (False, True)
    assert (dev["scale-to-zero"]["required"], prod["scale-to-zero"]["required"]) == (True, False)
    assert (dev["preemptible"]["wanted"], prod["preemptible"]["wanted"]) == (True, False)
    assert prod["one-domain"]["domains"] == 3


def test_guardrails_of_another_stack_are_not_asked_for_here() -> None:
    made = compiled(Declared(guardrails=False))
    assert made["budget"]["required"] is made["gpu-quota"]["required"] is False
    assert compiled(Declared())["budget"]["required"] is compiled(Declared())["gpu-quota"]["required"] is True
    assert compiled(Declared(quota=False))["gpu-quota"]["required"] is False


def test_without_configuration_the_strictest_holds() -> None:
    """Every setting at its default refuses no less than what any stack declares."""
    for rule in RULES:
        for setting in rule.settings:
            for stack in (DEV, PROD, Declared(guardrails=False, quota=False)):
                given = {rule.name: {setting.name: setting.value(stack)}}
                if setting.stricter != "same" and setting.name != "tags":
                    assert loosened(given, {}) == (), setting.name


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_engine_accepts_the_schema_of_every_setting(rule: Any) -> None:
    for setting in rule.settings:
        made = schema(setting)
        jsonschema.Draft7Validator.check_schema(made)
        jsonschema.validate(made["default"], made)


def test_the_engine_is_told_what_every_kind_of_setting_may_be() -> None:
    by_kind = {setting.kind: schema(setting) for rule in RULES for setting in rule.settings if not setting.choices}
    own = ("description", "default")
    assert {kind: {key: value for key, value in made.items() if key not in own} for kind, made in by_kind.items()} == {
        "integer": {"type": "integer", "minimum": 0},
        "number": {"type": "number", "minimum": 0},
        "flag": {"type": "boolean"},
        "texts": {"type": "array", "items": {"type": "string"}},
        "numbers": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
        "rows": {"type": "object", "additionalProperties": {"type": "object"}},
    }


def test_the_environment_that_is_configured_is_the_one_that_counts() -> None:
    said = problems({"policy-configuration": {"environment": "dev"}, "gpu-models": {"environment": "prod"}, "gpu-total": "disabled"})
    assert said == (f"gpu-total: is mandatory in dev and cannot be disabled{INSTEAD}",)


def test_a_model_that_is_named_with_none_is_no_looser_than_one_that_is_not_named() -> None:
    def gpus(count: int) -> dict[str, Any]:
        return {"gpu-total": {"gpus": {"A10": count}}}

    assert loosened({}, gpus(0)) == loosened(gpus(0), {}) == ()
    assert len(loosened({}, gpus(1))) == 1


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        ({"gpu-totl": {"gpus": {}}}, "gpu-totl: no such rule; did you mean gpu-total or gpu-quota?"),
        ({"weather": {}}, "weather: no such rule"),
        ({"gpu-total": {"gpu": {}}}, "gpu-total: no such setting: gpu; did you mean gpus?"),
        ({"gpu-total": {"gpus": {"A10": "four"}}}, "gpu-total: gpus must be a mapping to whole numbers, 0 or more"),
        ({"gpu-total": {"gpus": {"A10": 1.5}}}, "gpu-total: gpus must be a mapping to whole numbers, 0 or more"),
        ({"stack-cost": {"monthlyUsd": -1}}, "stack-cost: monthlyUsd must be a number, 0 or more"),
        ({"stack-cost": {"monthlyUsd": True}}, "stack-cost: monthlyUsd must be a number, 0 or more"),
        ({"stack-cost": {"monthlyUsd": float("inf")}}, "stack-cost: monthlyUsd must be a number, 0 or more"),
        ({"one-domain": {"domains": 1.5}}, "one-domain: domains must be a whole number, 0 or more"),
        ({"budget": {"required": "no"}}, "budget: required must be true or false"),
        ({"required-tags": {"tags": [1]}}, "required-tags: tags must be a list of texts"),
        ({"gpu-models": {"environment": "test"}}, "gpu-models: environment must be one of dev, staging, prod"),
        ({"gpu-total": "disabled"}, f"gpu-total: is mandatory in prod and cannot be disabled{INSTEAD}"),
        ({"gpu-total": {LEVEL: "advisory"}}, f"gpu-total: is mandatory in prod and cannot be advisory{INSTEAD}"),
        ({"preemptible": {LEVEL: "disabled"}}, f"preemptible: is advisory in prod and cannot be disabled{INSTEAD}"),
        ({"gpu-total": {LEVEL: "strict"}}, "gpu-total: enforcementLevel is 'strict'; allowed: advisory, mandatory"),
        ({"gpu-total": 7}, "gpu-total: must be a mapping of settings, or a level"),
        ({"all": "disabled"}, "all: one level for all rules is not allowed; set the level of a rule where it must differ"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_reported(configuration: dict[str, Any], said: str) -> None:
    assert problems(configuration) == (said,)


def test_a_configuration_that_is_none_is_reported() -> None:
    assert problems([]) == ("the configuration must be a mapping from rules to their settings",)
    assert problems({"preemptible": "mandatory"}) == ()


@pytest.mark.parametrize(
    ("rule", "before", "after", "said"),
    [
        ("stack-cost", {"monthlyUsd": 100}, {"monthlyUsd": 101}, f"stack-cost: monthlyUsd was 100, is 101{LOOSER}"),
        ("gpu-total", {"shapes": {}}, {"shapes": {"BM.X": {"gpus": 8}}}, "gpu-total: shapes was {}, is {BM.X: {gpus: 8}}" + LOOSER),
        ("gpu-total", {"gpus": {"A10": 1}}, {"gpus": {"A10": 1, "H100": 8}}, "gpu-total: gpus was {A10: 1}, is {A10: 1, H100: 8}" + LOOSER),
        ("gpu-quota", {"availabilityDomains": 3}, {"availabilityDomains": 1}, f"gpu-quota: availabilityDomains was 3, is 1{LOOSER}"),
        ("open-ingress", {"ports": ["443"]}, {"ports": ["443", "22"]}, f"open-ingress: ports was [443], is [443, 22]{LOOSER}"),
        ("required-tags", {"tags": ["a", "b"]}, {"tags": ["a"]}, f"required-tags: tags was [a, b], is [a]{LOOSER}"),
        ("budget", {"required": True}, {"required": False}, f"budget: required was true, is false{LOOSER}"),
        ("api-endpoint", {"public": False}, {"public": True}, f"api-endpoint: public was false, is true{LOOSER}"),
        ("gpu-models", {"environment": "prod"}, {"environment": "dev"}, f"gpu-models: environment was prod, is dev{LOOSER}"),
        ("preemptible", {LEVEL: "mandatory"}, {LEVEL: "advisory"}, "preemptible: was mandatory, is advisory"),
    ],
)  # fmt: skip
def test_a_looser_setting_is_reported_and_a_stricter_one_is_not(
    rule: str, before: dict[str, Any], after: dict[str, Any], said: str
) -> None:
    assert loosened({rule: before}, {rule: after}) == (said,)
    assert loosened({rule: after}, {rule: before}) == (
        () if rule != "gpu-models" else (f"gpu-models: environment was dev, is prod{LOOSER}",)
    )
    assert loosened({rule: before}, {rule: before}) == ()


def test_a_setting_that_goes_back_to_its_default_is_compared_with_it() -> None:
    assert loosened({"stack-cost": {"monthlyUsd": 100}}, {}) == ()
    assert loosened({}, {"stack-cost": {"monthlyUsd": 100}}) == (f"stack-cost: monthlyUsd was 0, is 100{LOOSER}",)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"stack-cost": {"monthlyUsd": 3501}}, "stack-cost: monthlyUsd is 3501, and the stack file says 3500"),
        ({"gpu-total": {"gpus": {"A10": 2, "H100": 8}}}, "gpu-total: gpus is {A10: 2, H100: 8}, and the stack file says {A10: 2}"),
        ({"scale-to-zero": {"required": False}}, "scale-to-zero: required is false, and the stack file says true"),
        ({"boot-volume-size": {"gb": 900}}, "boot-volume-size: gb is 900, and the default is 500"),
        ({"storage-class": {"vpus": 30}}, "storage-class: vpus is 30, and the default is 20"),
        ({"policy-configuration": {"environment": "staging"}}, "policy-configuration: environment is staging, and the stack file says dev"),
    ],
)  # fmt: skip
def test_a_configuration_loosens_nothing_that_the_stack_file_says(given: dict[str, Any], said: str) -> None:
    assert overridden(compiled(DEV), {**compiled(DEV), **given}) == (f"{said}: a configuration can tighten it, and not loosen it",)
    made = {item.rule.name: item for item in judged(given, TODAY, declared=compiled(DEV))}
    assert f"{said}: a configuration can tighten it, and not loosen it" in made["policy-configuration"].config["problems"]


def test_a_configuration_may_tighten_and_be_wrong_once() -> None:
    tries: list[dict[str, Any]] = [
        {}, {"stack-cost": {"monthlyUsd": 3500.0}}, {"gpu-total": {"gpus": {}}}, {"boot-volume-size": {"gb": 400}},
    ]  # fmt: skip
    for given in tries:
        assert overridden(compiled(DEV), given) == ()
    assert overridden(compiled(DEV), compiled(DEV)) == overridden({}, {"stack-cost": {"monthlyUsd": 9}}) == ()
    assert overridden(compiled(DEV), {"stack-cost": {"monthlyUsd": "lots"}}) == (), "that is told as another kind"


def test_a_rule_configured_wrongly_judges_at_its_strictest() -> None:
    made = {item.rule.name: item for item in judged({"stack-cost": {"monthlyUsd": "lots"}, "gpu-total": "disabled"}, TODAY)}
    assert made["stack-cost"].config["monthlyUsd"] == 0
    assert made["gpu-total"].level == "mandatory"
    assert made["preemptible"].level == "advisory"


def test_an_advisory_rule_can_be_made_mandatory() -> None:
    made = {item.rule.name: item for item in judged({"preemptible": "mandatory"}, TODAY)}
    assert made["preemptible"].level == "mandatory"


@pytest.mark.parametrize("path", sorted(Path(__file__).resolve().parents[2].glob("policies/**/*.py")), ids=lambda path: path.stem)
def test_no_module_of_the_pack_hides_another(path: Path) -> None:
    """The engine starts the pack in its own folder, which Python searches first."""
    import sys  # noqa: PLC0415

    if path.parent.name == "policies":
        assert path.stem not in sys.stdlib_module_names


def test_every_rule_module_is_registered() -> None:
    folder = Path(__file__).resolve().parents[2] / "policies" / "rules"
    modules = {path.stem.replace("_", "-") for path in folder.glob("*/*.py") if path.stem != "__init__"}
    assert modules == set(BY_NAME)


def stack_config(**sections: Any) -> dict[str, str]:
    return {f"oke-gpu-platform:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in sections.items()}


def test_the_stack_file_is_read_as_the_engine_hands_it_over() -> None:
    config = stack_config(
        environment="staging",
        layers=["cluster", "guardrails"],
        spend={"monthlyUsd": 5000, "gpus": {"A10": 4}},
        cluster={"region": "eu-frankfurt-1"},
        tags={"team": "platform", "cost-center": "ml"},
        definedTags={"Operations.CostCenter": "42"},
    )
    assert declared(config) == Declared(
        environment="staging",
        monthly_usd=5000,
        gpus={"A10": 4},
        availability_domains=3,
        guardrails=True,
        tags=("Operations.CostCenter", "cost-center", "team"),
        gpus_in_all=4,
    )


@pytest.mark.parametrize(
    ("balancers", "listeners"),
    [
        ({"public": True, "ports": [15021, 443]}, (15021, 443)),
        ({"public": True, "ports": [22, 6443, 10250, 30000, 8080]}, (8080,)),
        ({"public": True, "ports": ["8080", True, 8081.0]}, ()),
        ({"public": True, "ports": 8080}, (80, 443)),
        ({"public": True}, (80, 443)),
        ({"public": False, "ports": [8080]}, (80, 443)),
        ({"public": "yes", "ports": [8080]}, (80, 443)),
        ("public", (80, 443)),
    ],
)
def test_the_internet_may_reach_what_public_load_balancers_listen_on_but_no_port_of_nodes(
    balancers: Any, listeners: tuple[int, ...]
) -> None:
    found = declared(stack_config(cluster={"network": {"loadBalancers": balancers}}))
    assert found.listeners == listeners
    made = compiled(found)
    assert made["open-ingress"]["ports"] == made["open-services"]["ports"] == list(map(str, listeners))


@pytest.mark.parametrize(
    ("config", "strictest"),
    [
        (stack_config(spend={"monthlyUsd": "5000", "gpus": [4]}), Declared(guardrails=False)),
        (stack_config(spend={"monthlyUsd": True, "gpus": {"A10": -1, "H100": True, "L40S": "8"}}), Declared(guardrails=False)),
        (stack_config(spend="5000", environment="producton", layers='"all"'), Declared()),
        (stack_config(cluster={"region": "eu-sanjose-9"}, guardrails={"quota": "no"}), Declared(guardrails=False)),
        (stack_config(cluster="{", tags="[]", layers="{"), Declared()),
    ],
)
def test_what_cannot_be_read_of_a_stack_file_is_taken_at_its_strictest(config: dict[str, str], strictest: Declared) -> None:
    assert declared(config) == strictest


def test_nothing_is_a_number_too() -> None:
    assert declared(stack_config(spend={"gpus": {"A10": 0, "H100": 1}})).gpus == {"A10": 0, "H100": 1}


def test_a_region_of_one_availability_domain_and_no_quota() -> None:
    assert declared(stack_config(cluster={"region": "us-sanjose-1"})).availability_domains == 1
    assert declared(stack_config(guardrails={"quota": False})).quota is False


def test_lint_passes_what_is_compiled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "dev.json"
    file.write_text(json.dumps(compiled(DEV)))
    assert lint.main([str(file)]) == 0
    assert lint.main([str(file), "--against", str(file)]) == 0
    assert capsys.readouterr().out == ""


def test_lint_tells_typos_before_it_compares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "dev.json"
    file.write_text('{"gpu-totals": {}}')
    assert lint.main([str(file)]) == 1
    assert capsys.readouterr().out == f"{file}: gpu-totals: no such rule; did you mean gpu-total or gpu-quota?\n"


def test_lint_tells_what_is_looser_than_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text(json.dumps(compiled(DEV)))
    after.write_text(json.dumps({**compiled(DEV), "stack-cost": {"monthlyUsd": 4000}}))
    assert lint.main([str(after), "--against", str(before)]) == 1
    assert capsys.readouterr().out == f"{after}: stack-cost: monthlyUsd was 3500, is 4000, which lets more pass\n"


def test_lint_compares_with_the_strictest_where_the_old_one_was_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text('{"all": "disabled"}')
    after.write_text('{"stack-cost": {"monthlyUsd": 1}}')
    assert lint.main([str(after), "--against", str(before)]) == 1
    assert "was not free of problems" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"), [("{", "is not JSON"), (None, "cannot be read"), ("[]", "must be a mapping from rules to their settings")]
)
def test_lint_refuses_what_is_no_configuration(content: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "dev.json"
    if content is not None:
        file.write_text(content)
    assert lint.main([str(file)]) == 1
    assert said in capsys.readouterr().out


def test_lint_asks_git_for_another_revision(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text("{}")
    assert lint.main([str(file), "--against", "HEAD:no/such/file.json"]) == 1
    assert "HEAD:no/such/file.json cannot be read" in capsys.readouterr().out


STACK = """config:
  oke-gpu-platform:environment: dev
  oke-gpu-platform:spend: {monthlyUsd: 3500, gpus: {A10: %d}}
"""


def test_lint_reads_stack_files_as_the_limits_they_declare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = tmp_path / "Pulumi.dev.yaml", tmp_path / "Pulumi.new.yaml"
    before.write_text(STACK % 2)
    after.write_text(STACK % 4)
    assert lint.main([str(after), "--against", str(before)]) == 1
    told = capsys.readouterr().out
    assert f"{after}: gpu-total: gpus was {{A10: 2}}, is {{A10: 4}}{LOOSER}\n" in told
    assert lint.main([str(before), "--against", str(after)]) == 0


@pytest.mark.parametrize(
    ("content", "said"), [("a: [", "is not YAML"), ("config: 3", "has no config section"), ("[]", "has no config section")]
)
def test_lint_refuses_what_is_no_stack_file(content: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(content)
    assert lint.main([str(file)]) == 1
    assert said in capsys.readouterr().out


EXCEPTION = "- {rule: %s, resource: 'oci:ContainerEngine/nodePool:NodePool/pool-%s', reason: r, approver: a, expires: %s}\n"


def test_lint_refuses_exceptions_that_excuse_nothing_any_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "exceptions.yaml"
    entry = "- {rule: %s, resource: 'oci:Core/instance:Instance/%s', reason: r, approver: a, expires: %s}\n"
    file.write_text(
        entry % ("priced", "vm-one", "2020-01-01") + entry % ("prized", "vm-two", "2020-01-01") + entry % ("priced", "vm-*", "soon")
    )
    assert lint.main([str(file)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert f"{file}: exception 3: expires must be a date, such as 2026-12-31" in said
    assert f"{file}: the exception for oci:Core/instance:Instance/vm-two is from prized, and there is no such rule" in said
    assert f"{file}: the exception from priced for oci:Core/instance:Instance/vm-one expired on 2020-01-01: renew or remove it" in said


def test_lint_tells_exceptions_that_are_new_or_last_longer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "then").mkdir()
    before, after = tmp_path / "then" / "exceptions.yaml", tmp_path / "exceptions.yaml"
    before.write_text(EXCEPTION % ("gpu-total", "a10", "2026-12-01") + EXCEPTION % ("gpu-models", "a10", "2026-12-01"))
    after.write_text(EXCEPTION % ("gpu-total", "a10", "2026-12-02") + EXCEPTION % ("gpu-models", "h100", "2026-12-01") + "- {rule: x}\n")
    assert lint.main([str(after), "--against", str(before)]) == 1
    told = [line.removeprefix(f"{after}: ") for line in capsys.readouterr().out.splitlines()]
    pool = "oci:ContainerEngine/nodePool:NodePool/pool"
    assert "exception 3: resource must be a text that is not empty" in told
    assert told[-2:] == [
        f"gpu-total on {pool}-a10: lasts until 2026-12-02, longer than before, which lets more pass",
        f"gpu-models on {pool}-h100: is a new exception, until 2026-12-01, which lets more pass",
    ]
    assert lint.main([str(before), "--against", str(before)]) == 0
    assert lint.main([str(before)]) == 0
    before.write_text("# none\n")
    assert lint.main([str(before), "--against", str(before)]) == 0


def test_lint_compares_with_what_git_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(STACK % 2)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "two"]):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True)
    file.write_text(STACK % 3)
    assert lint.main(["Pulumi.dev.yaml", "--against", "HEAD:Pulumi.dev.yaml"]) == 1
    assert f"Pulumi.dev.yaml: gpu-total: gpus was {{A10: 2}}, is {{A10: 3}}{LOOSER}" in capsys.readouterr().out
    file.write_text(STACK % 1)
    assert lint.main(["Pulumi.dev.yaml", "--against", "HEAD:Pulumi.dev.yaml"]) == 0


X900 = {"ocpus": 128, "memoryGib": 4096, "gpus": 8, "gpuModel": "X900", "gpuMemoryGib": 400, "hourlyUsd": 160}


def test_a_machine_that_the_stack_file_describes_reaches_every_rule_that_counts() -> None:
    config = stack_config(environment="prod", spend={"gpus": {"X900": 8}}, catalogue={"shapes": {"BM.GPU.X900.8": X900}})
    made = compiled(declared(config))
    counting = [rule.name for rule in RULES if any(setting.name == "shapes" for setting in rule.settings)]
    assert {"gpu-total", "gpu-pool-size", "gpu-quota", "priced", "stack-cost"} <= set(counting)
    assert all(made[name]["shapes"] == {"BM.GPU.X900.8": X900} for name in counting)
    assert made["gpu-models"]["models"] == ["X900"]
    assert problems(made) == ()


def node_pool(shape: str) -> Resource:
    return Resource(type=NODE_POOL, name="x", urn="urn:x", inputs={"nodeShape": shape})


def test_a_machine_that_is_known_keeps_its_gpus_and_its_price_whatever_the_stack_file_says() -> None:
    pool = node_pool("BM.GPU.H100.8")
    lies = {"BM.GPU.H100.8": {**X900, "gpus": 1, "gpuModel": "A10", "hourlyUsd": 0.01}}
    config = Config({"shapes": lies}, TODAY)
    assert shape_of(pool, config).gpu_model == "H100"
    with pytest.raises(Refused, match=r"nodeShape BM\.GPU\.X900\.8 is not in the catalogue of shapes"):
        shape_of(node_pool("BM.GPU.X900.8"), config)

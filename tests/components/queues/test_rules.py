"""Each of the 33 rules accepts who keeps it and refuses who does not, all at once, with the path."""

import re

import pytest

from components.queues.model import changes, quantity, rules, workloads
from components.queues.model.objects import Named
from components.queues.model.parse import parse
from tests.components.queues import cases
from tests.components.queues.cases import Case, cohort, flavor, group, job, local, lws, pods, queue, quota, ray, topology

ALL = (*cases.OBJECTS, *cases.RUNTIME)


def named(*documents: cases.Document) -> tuple[Named, ...]:
    read, wrong = parse(documents)
    assert wrong == ()
    return read


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.rule}-{case.name}")
def test_what_keeps_the_rule_is_taken(case: Case) -> None:
    assert rules.findings(named(*case.accepted)) == ()


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.rule}-{case.name}")
def test_what_breaks_it_is_refused_with_its_path(case: Case) -> None:
    found = [each for each in rules.findings(named(*case.broken)) if each.rule == str(case.rule)]
    assert found
    assert case.words in " ".join(each.message for each in found)
    assert all(each.path.startswith(("spec", "metadata")) for each in found)


def test_everything_is_said_at_once() -> None:
    broken = queue(group(quota("cpu", -1), quota("nvidia.com/gpu", borrowing=4), covered=("nvidia.com/gpu", "cpu")), name="B")
    found = rules.findings(named(flavor(), broken, cohort("a", parentName="a")))
    assert {each.rule for each in found} == {"5", "7", "8", "11", "22"}


def test_a_value_is_read_as_a_number() -> None:
    assert rules.findings(named(flavor(), cohort(), queue(group(quota("cpu", "8000m", lending="8")), cohortName="gpu"))) == ()


# What may not change


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        (18, local("team-a"), local("team-b")),
        (19, flavor(nodeLabels={"a": "b"}, topologyName="rdma"), flavor(nodeLabels={"a": "c"}, topologyName="rdma")),
        (21, topology("rack"), topology("rack", "block")),
    ],
)
def test_what_cannot_be_changed_is_said(rule: int, old: cases.Document, new: cases.Document) -> None:
    (before,), (after,) = named(old), named(new)
    assert [each.rule for each in changes.findings(before, after)] == [str(rule)]
    assert list(changes.findings(before, before)) == []


def test_a_flavor_without_a_topology_may_be_anything_later() -> None:
    (before,), (after,) = named(flavor(nodeLabels={"a": "b"})), named(flavor(nodeLabels={"a": "c"}, topologyName="rdma"))
    assert list(changes.findings(before, after)) == []


# Workloads

REQUIRED, PREFERRED, SLICE, SIZE = workloads.REQUIRED, workloads.PREFERRED, workloads.SLICE, workloads.SLICE_SIZE
NAME = workloads.POD_GROUP
ELASTIC = {workloads.ELASTIC: "true"}
ELASTIC_LWS = {**lws(), "metadata": {**lws()["metadata"], "annotations": ELASTIC}}


@pytest.mark.parametrize(
    ("rule", "keeps", "breaks", "words"),
    [
        (25, ray("RayCluster", 17), ray("RayCluster", 18), "use 17 groups"),
        (25, ray("RayJob", 16), ray("RayJob", 17), "the pod that submits the job"),
        (26, job(template=pods(**{REQUIRED: "rack"})), job(template=pods(**{REQUIRED: "rack", PREFERRED: "rack"})), "one of them"),
        (26, job(template=pods(**{REQUIRED: "rack", NAME: "g"})), job(template=pods(**{NAME: "g"})), "needs"),
        (26, job(template=pods(**{REQUIRED: "r", NAME: "g"})), job(template=pods(**{REQUIRED: "r", NAME: "7"})), "a number"),
        (26, job(template=pods(**{SLICE: "rack", SIZE: "4"})), job(template=pods(**{SLICE: "rack", SIZE: "5"})),
         "use 1 to 4"),
        (26, job(), job(template=pods(**{SLICE: "rack"})), "give both or neither"),
        (30, ray("RayJob"), ray("RayJob", shutdownAfterJobFinishes=False), "keep its quota for ever"),
        (30, ray("RayJob"), ray("RayJob", clusterSelector={"a": "b"}), "use rayClusterSpec"),
        (30, ray("RayCluster"), ray("RayCluster", name="head"), "the head's own name"),
        (30, ray("RayCluster", annotations=ELASTIC, cluster={"enableInTreeAutoscaling": True}),
         ray("RayCluster", cluster={"enableInTreeAutoscaling": True}), "turn autoscaling off"),
        (31, job(annotations=ELASTIC), ELASTIC_LWS,
         "a LeaderWorkerSet cannot be elastic"),
    ],
)  # fmt: skip
def test_a_workload_is_read_before_it_is_submitted(rule: int, keeps: cases.Document, breaks: cases.Document, words: str) -> None:
    assert workloads.findings(keeps) == ()
    (found,) = workloads.findings(breaks)
    assert found.rule == str(rule)
    assert words in found.message


def test_a_resource_without_quota_is_never_admitted() -> None:
    covered = {"team-a": frozenset({"cpu"}), "team-b": frozenset({"nvidia.com/gpu"})}
    (found,) = workloads.findings(job(), covered=covered)
    assert (found.rule, found.path) == ("28", "spec.template")
    assert "asks for nvidia.com/gpu, of which team-a has no quota" in found.message
    assert workloads.findings(job(queue="team-b"), covered=covered) == ()
    assert workloads.findings(job(), covered=covered, excluded=("nvidia.com/",)) == ()


def test_a_label_stays_while_the_job_runs() -> None:
    (found,) = workloads.findings(job(queue="team-b"), before=job())
    assert found.rule == "29"
    suspended = job()
    suspended["spec"]["suspend"] = True
    assert workloads.findings(job(queue="team-b"), before=suspended) == ()


def test_an_elastic_job_stays_one() -> None:
    (found,) = workloads.findings(job(annotations=ELASTIC), before=job())
    assert found.rule == "31"


def test_the_size_of_a_group_stays_and_their_number_may_change() -> None:
    (found,) = workloads.findings(lws(size=4), before=lws())
    assert (found.rule, found.path) == ("32", "spec.leaderWorkerTemplate.size")
    assert workloads.findings(lws(replicas=3), before=lws()) == ()


def test_there_are_33_rules() -> None:
    of_objects = {rule.number for rule in rules.RULES}
    assert of_objects | {18} | {25, 26, 28, 29, 30, 31, 32} == set(range(1, 34))
    assert {case.rule for case in ALL} == of_objects


# Reading


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({**queue(), "apiVersion": "kueue.x-k8s.io/v1beta1"}, "only kueue.x-k8s.io/v1beta2 is taken"),
        (queue(cohort="gpu"), "use cohortName (v1beta2)"),
        (queue(flavorFungibility={"whenCanBorrow": "Borrow"}), "kueue.x-k8s.io/v1beta2 calls it MayStopSearch"),
        (queue(group(quota("cpu", "8 cores"))), "'8 cores' is not a quantity like 64, 1500m or 100Gi"),
        ({**queue(), "kind": "ClusterQueu"}, "did you mean ClusterQueue?"),
        ({**flavor(), "spec": {"nodeLabels": {"a": 1}}}, "nodeLabels.a"),
    ],
)
def test_what_cannot_be_read_is_said(document: cases.Document, words: str) -> None:
    read, (found,) = parse([document])
    assert read == ()
    assert re.search(re.escape(words), str(found))


@pytest.mark.parametrize("case", cases.OBJECTS, ids=lambda case: f"{case.rule}-{case.name}")
def test_a_manifest_is_written_as_it_was_read(case: Case) -> None:
    for document in case.accepted:
        (read,) = named(document)
        assert read.document == document


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("1000m", 1), ("1Ki", 1024), ("1e3", 1000), (".5k", 500), ("2E", 2 * 10**18)])
def test_quantities_are_compared_as_numbers(text: str, value: int) -> None:
    assert quantity.parse(text) == value


@pytest.mark.parametrize("text", ["", "1 Gi", "1KiB", "one", "1e", "--1"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity"):
        quantity.parse(text)

"""The simulated random provider: values are decided by the resource's URN and inputs, so that every run draws the same."""

import base64
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from simulator import identity
from simulator.errors import Failure, NotSimulated
from simulator.facts import Fields, TypeFacts, spec_of_word
from simulator.provider import Checked, Config, Live, Provider, Resource
from simulator.simulated_state import Record
from simulator.wire import Properties

LOWER, UPPER, DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
"""pulumi_random 4.21.4, RandomPassword."""

PETS = ("badger", "crane", "dormouse", "falcon", "heron", "ibex", "lynx", "marten", "otter", "puffin", "stoat", "wren")
MANNERS = ("brave", "calm", "early", "frank", "gentle", "keen", "light", "merry", "quick", "quiet", "steady", "wise")

_TEXT = {
    "length": "integer!", "keepers": "{string}", "lower": "boolean", "minLower": "integer", "minNumeric": "integer",
    "minSpecial": "integer", "minUpper": "integer", "number": "boolean", "numeric": "boolean", "overrideSpecial": "string",
    "special": "boolean", "upper": "boolean",
}  # fmt: skip

# pulumi_random 4.21.4: inputs, and what the provider adds.
TYPES: Mapping[str, tuple[Mapping[str, str], tuple[str, ...]]] = MappingProxyType({
    "random:index/randomBytes:RandomBytes": ({"length": "integer!", "keepers": "{string}"}, ("base64", "hex")),
    "random:index/randomId:RandomId": (
        {"byteLength": "integer!", "keepers": "{string}", "prefix": "string"}, ("b64Std", "b64Url", "dec", "hex"),
    ),
    "random:index/randomInteger:RandomInteger": (
        {"max": "integer!", "min": "integer!", "keepers": "{string}", "seed": "string"}, ("result",),
    ),
    "random:index/randomPassword:RandomPassword": (_TEXT, ("bcryptHash", "result")),
    "random:index/randomPet:RandomPet": (
        {"keepers": "{string}", "length": "integer", "prefix": "string", "separator": "string"}, (),
    ),
    "random:index/randomString:RandomString": (_TEXT, ("result",)),
    "random:index/randomUuid:RandomUuid": ({"keepers": "{string}"}, ("result",)),
})  # fmt: skip


def text(given: Mapping[str, Any], *seed: object) -> str:
    """Characters of the classes asked for, with at least as many of each as asked."""
    classes = [
        (LOWER, "lower", "minLower"),
        (UPPER, "upper", "minUpper"),
        (DIGITS, "numeric", "minNumeric"),
        (given.get("overrideSpecial") or SPECIAL, "special", "minSpecial"),
    ]
    wanted = [(letters, given.get(least) or 0) for letters, use, least in classes if _used(given, use)]
    least = "".join(identity.letters(count, *seed, letters, alphabet=letters) for letters, count in wanted)
    alphabet = "".join(letters for letters, _ in wanted)
    rest = identity.letters(given["length"] - len(least), *seed, alphabet=alphabet)
    order = sorted(range(given["length"]), key=lambda index: identity.digest(index, *seed))
    return "".join((least + rest)[index] for index in order)


def _used(given: Mapping[str, Any], use: str) -> bool:
    return bool(given.get(use, given.get("number", True) if use == "numeric" else True))


def _bytes(count: int, *seed: object) -> bytes:
    return b"".join(identity.digest(part, *seed) for part in range(count // 32 + 1))[:count]


def _id(given: Mapping[str, Any], seed: object) -> Properties:
    raw = _bytes(given["byteLength"], seed)
    prefix = given.get("prefix", "")
    return {
        "hex": prefix + raw.hex(),
        "dec": prefix + str(int.from_bytes(raw, "big")),
        "b64Std": prefix + base64.b64encode(raw).decode(),
        "b64Url": prefix + base64.urlsafe_b64encode(raw).decode().rstrip("="),
    }


def _uuid(given: Mapping[str, Any], seed: object) -> Properties:
    digits = identity.hexadecimal(32, seed)
    return {"result": f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"}


def _pet(given: Mapping[str, Any], seed: object) -> Properties:
    length = given.get("length", 2)
    words = [MANNERS[identity.number(len(MANNERS), seed, index)] for index in range(length - 1)]
    words.append(PETS[identity.number(len(PETS), seed)])
    separator = given.get("separator", "-")
    return {"length": length, "separator": separator, "id": separator.join([*filter(None, [given.get("prefix")]), *words])}


def _integer(given: Mapping[str, Any], seed: object) -> Properties:
    return {"result": given["min"] + identity.number(given["max"] - given["min"] + 1, seed, given.get("seed"))}


def _random_bytes(given: Mapping[str, Any], seed: object) -> Properties:
    raw = _bytes(given["length"], seed)
    return {"hex": raw.hex(), "base64": base64.b64encode(raw).decode()}


def _password(given: Mapping[str, Any], seed: object) -> Properties:
    flags = {key: _used(given, key) for key in ("lower", "upper", "numeric", "special")}
    counts = {key: given.get(key, 0) for key in ("minLower", "minUpper", "minNumeric", "minSpecial")}
    return {**flags, **counts, "number": flags["numeric"], "result": text(given, seed)}


DRAWS: Mapping[str, Callable[[Mapping[str, Any], object], Properties]] = MappingProxyType(
    {
        "RandomBytes": _random_bytes,
        "RandomId": _id,
        "RandomInteger": _integer,
        "RandomPassword": lambda given, seed: {**_password(given, seed), "bcryptHash": "$2a$10$" + identity.letters(53, seed, "hash")},
        "RandomPet": _pet,
        "RandomString": _password,
        "RandomUuid": _uuid,
    }
)


class Random(Provider):
    name = "random"
    version = "4.21.4"

    def config_fields(self) -> Fields:
        return {"version": spec_of_word("string"), "pluginDownloadURL": spec_of_word("string")}

    def facts(self, token: str) -> TypeFacts:
        if token not in TYPES:
            raise NotSimulated(f"the simulator has no {token}; add it to simulator/random/provider.py (see simulator/README.md)")
        inputs, outputs = TYPES[token]
        return TypeFacts(
            token=token,
            inputs={key: spec_of_word(word) for key, word in inputs.items()},
            outputs={key: spec_of_word("any") for key in outputs},
            replaced_always=True,
        )

    def check(self, config: Config, resource: Resource, news: Properties, olds: Properties) -> Checked:
        checked = super().check(config, resource, news, olds)
        if checked.failures or "length" not in self.facts(resource.type).inputs or not isinstance(news.get("length"), int):
            return checked
        least = sum(value for key in ("minLower", "minUpper", "minNumeric", "minSpecial") if isinstance(value := news.get(key), int))
        if news["length"] < max(least, 1):
            reason = f"is {news['length']}, must be at least {max(least, 1)}"
            return Checked(inputs=checked.inputs, failures=(Failure(path="length", reason=reason),))
        return checked

    def _draw(self, token: str, inputs: Properties, urn: str, generation: int) -> Properties:
        return DRAWS[token.rpartition(":")[2]](inputs, f"{urn}#{generation}")

    def new_id(self, config: Config, resource: Resource, inputs: Properties) -> str:
        generation = self.simulated.generation(resource.urn)
        drawn = self._draw(resource.type, inputs, resource.urn, generation)
        while "id" in drawn and self.simulated.get(resource.type, drawn["id"]) is not None:  # there are fewer pets than resources
            generation += 1000
            drawn = self._draw(resource.type, inputs, resource.urn, generation)
        kind = resource.type.rpartition(":")[2]
        value = {"RandomId": "b64Url", "RandomPet": "id", "RandomString": "result", "RandomUuid": "result"}.get(kind, "")
        return str(drawn.get(value) or identity.hexadecimal(16, resource.urn, generation))

    def read(self, config: Config, resource: Resource, inputs: Properties) -> Live:
        live = super().read(config, resource, inputs)
        record = self.simulated.get(resource.type, resource.id)
        # Nothing drifts that nobody else holds.
        return live if record is None else Live(id=live.id, inputs=record.inputs, outputs=live.outputs)

    def outputs(self, config: Config, record: Record, held: Properties) -> Properties:
        drawn = self._draw(record.type, record.inputs, record.urn, self.simulated.generation(record.urn))
        drawn.pop("id", None)
        return {**record.inputs, **drawn}

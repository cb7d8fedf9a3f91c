"""What every section of a stack file shares: camelCase keys, no unknown key, no silent conversion, frozen once read."""

from ipaddress import IPv4Network
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag
from pydantic.alias_generators import to_camel


class Section(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        validate_by_alias=True,
        validate_by_name=True,  # in code; `stacks.config.load` takes aliases alone
        serialize_by_alias=True,
    )


S = TypeVar("S", bound=Section)

_OCID = r"^ocid1\.%s\.oc[0-9]+\.[a-z0-9-]*\.[a-zA-Z0-9._-]+$"
_LABEL = r"^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$"
_EMAIL = r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$"
_WEB = r"^https?://[^\s/@?#]+(/[^\s]*)?$"
_HTTPS = r"^https://[^\s/@?#]+(/[^\s]*)?$"
_SSH = (
    r"^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)"
    r" AAAA[A-Za-z0-9+/]+={0,2}( [^\n]*)?$"
)
_MIRROR = (
    r"^(oci://[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
    r"|(https://[a-z0-9.-]+|http://(localhost|127\.0\.0\.1|\[::1\]))(:[0-9]+)?(/[A-Za-z0-9._~-]+)*)$"
)
_UTC = r"^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$"
RESOURCE = r"^[^:/\s*]+:[^:\s*]+:[^:/\s*]+/[^\s*]+$"
_BUCKET = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$"

FORMS = {
    _LABEL: "a name of lower-case letters, digits and dashes, a letter first, at most 32 characters",
    _EMAIL: "a mail address",
    _WEB: "an address that begins with https:// or http://",
    _HTTPS: "an address that begins with https://",
    _SSH: "a public key of SSH on one line, like ssh-ed25519 AAAA... name",
    _MIRROR: "an address like oci://host/path or https://host/path, with no slash at its end; http:// is for this machine's loopback alone",
    _UTC: "a time in UTC, like 2026-12-01T18:00:00Z",
    RESOURCE: "a resource's type and name, like oci:ContainerEngine/cluster:Cluster/cluster",
    _BUCKET: "a bucket name: letters, digits, dots, dashes and underscores",
}
"""What each pattern stands for, in words."""


def form(pattern: str, words: str) -> StringConstraints:
    """Text of a form that one section alone has. `words` are the message for whoever writes another."""
    FORMS[pattern] = words
    return StringConstraints(pattern=pattern)


def ocid(*kinds: str) -> StringConstraints:
    """The Oracle Cloud Identifier of a resource of one of some kinds."""
    which = f"({'|'.join(kinds)})" if len(kinds) > 1 else kinds[0]
    return form(_OCID % which, f"the OCID of a {' or a '.join(kinds)}, like ocid1.{kinds[0]}.oc1..aaaa")


TenancyId = Annotated[str, ocid("tenancy")]
CompartmentId = Annotated[str, ocid("compartment", "tenancy")]
KeyId = Annotated[str, ocid("key")]
"""Of a key in OCI Vault."""

DnsLabel = Annotated[str, StringConstraints(pattern=_LABEL)]
"""What a Kubernetes or OCI name may start with."""

MAY_BE_SECRET = "writeOnly"  # noqa: S105 - a word, no password
"""JSON Schema's word for what is given and never shown again."""

SecretText = Annotated[str, Field(json_schema_extra={MAY_BE_SECRET: True})]
"""Text that may be set with `pulumi config set --secret`. No other may."""

WebAddress = Annotated[str, StringConstraints(pattern=_WEB)]
SecretWebAddress = Annotated[SecretText, StringConstraints(pattern=_WEB)]
HttpsAddress = Annotated[str, StringConstraints(pattern=_HTTPS)]
SecretHttpsAddress = Annotated[SecretText, StringConstraints(pattern=_HTTPS)]
SshPublicKey = Annotated[str, StringConstraints(pattern=_SSH)]
Email = Annotated[str, StringConstraints(pattern=_EMAIL)]
BucketName = Annotated[str, StringConstraints(pattern=_BUCKET)]
UtcTime = Annotated[str, StringConstraints(pattern=_UTC)]
"""To the second, in UTC."""
ChartMirror = Annotated[str, StringConstraints(pattern=_MIRROR)]
"""Base of an OCI registry, or a classic Helm repository."""

Cidr = IPv4Network
"""IPv4 network in CIDR form, host bits zero."""

IN_ORDER = object()
"""Marks a list in which each entry has its place, so that the same one may stand twice: arguments of a command."""

FORM_TAGS = ("[one]", "[list]")
"""What pydantic puts into the place of a mistake where a key takes two forms. Brackets: no key of a stack file has them."""


def _how_many(given: Any) -> str:
    return "[list]" if isinstance(given, list | tuple) else "[one]"


Cidrs = Annotated[Annotated[Cidr, Tag("[one]")] | Annotated[tuple[Cidr, ...], Field(min_length=1), Tag("[list]")], Discriminator(_how_many)]
"""One block, or a list of some."""

Texts = Annotated[Annotated[str, Tag("[one]")] | Annotated[tuple[str, ...], Tag("[list]")], Discriminator(_how_many)]
"""One text, or a list of some."""

Percent = Annotated[int, Field(ge=1, le=100)]


def changed(section: S, **fields: Any) -> S:
    """A copy of the section with other values of some fields, checked as if the stack file had them."""
    given = {name: getattr(section, name) for name in section.model_fields_set}
    return type(section)(**{**given, **fields})

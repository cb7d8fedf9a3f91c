"""The place of a stack's state, as the URL and the environment that the engine understands. Pure."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode


@dataclass(frozen=True, kw_only=True)
class StateLocation:
    """A bucket, and the folder in it. `namespace` is the tenancy's Object Storage namespace (`oci os ns get`)."""

    bucket: str
    region: str
    namespace: str
    prefix: str = ""
    endpoint: str | None = None
    """Another S3 store, or the endpoint of a realm other than Oracle's commercial one. None: as the region's host is named."""

    @property
    def s3_endpoint(self) -> str:
        """Oracle, "Amazon S3 Compatibility API", 2026-02: the dedicated endpoint, with the namespace in its name."""
        return self.endpoint or f"https://{self.namespace}.compat.objectstorage.{self.region}.oci.customer-oci.com"

    @property
    def native_endpoint(self) -> str | None:
        """Oracle's own interface, where public buckets are public. None where the store may not be Oracle's."""
        return None if self.endpoint else f"https://{self.namespace}.objectstorage.{self.region}.oci.customer-oci.com"

    def key(self, name: str) -> str:
        """An object's name in the bucket."""
        return "/".join(part for part in (self.prefix.strip("/"), name) if part)

    def update(self, change: str) -> str:
        """The command that changes what the S3 interface cannot: versioning, public access."""
        if self.native_endpoint is None:
            return "with the store's own tools"
        return f"oci os bucket update --namespace-name {self.namespace} --bucket-name {self.bucket} --region {self.region} {change}"


def url(location: StateLocation) -> str:
    """What PULUMI_BACKEND_URL is set to. Quote it in a shell: it has `&`.

    Path style, because the namespace is in the host's name already; checksums only where the interface asks for them,
    because Oracle refuses the chunked uploads that carry them otherwise. Names of gocloud.dev v0.46 (engine 3.245 and newer).
    """
    place = quote("/".join(part for part in (location.bucket, location.prefix.strip("/")) if part))
    options = {
        "endpoint": location.s3_endpoint,
        "region": location.region,
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
        "use_path_style": "true",
    }
    return f"s3://{place}?{urlencode(options, safe=':/')}"


ACCESS_KEY = "<access key of the Customer Secret Key>"
SECRET_KEY = "<secret of the Customer Secret Key>"  # noqa: S105 - a placeholder, told apart from a value by its brackets


def environment(location: StateLocation) -> dict[str, str]:
    """The variables the engine, and any S3 client, needs for this place. The two keys are placeholders, never values."""
    return {
        "PULUMI_BACKEND_URL": url(location),
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": location.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
    }

"""Custom images imported from Object Storage: `infra.oke.images.variants` decides, `ImportedImage` declares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pulumi

from infra.oci import oci
from infra.oke.images.variants import Variant, source_image_type


@dataclass(frozen=True, kw_only=True)
class ImportedImageArgs:
    prefix: str
    key: str
    """What pools call the image."""
    compartment_id: pulumi.Input[str]
    source_url: pulumi.Input[str]
    """Made a secret here, whatever comes in."""
    variant: Variant
    shapes: Sequence[str]
    """Shapes that are to boot it. Oracle refuses a pool whose shape is not on the image's list."""
    source_image_type: str | None = None
    """Format of the file, read off a plain address; an address that is an output needs it said, unless the format is Oracle's own."""

    def __post_init__(self) -> None:
        if isinstance(self.source_url, str):
            object.__setattr__(self, "source_image_type", source_image_type(self.source_url))
        object.__setattr__(self, "source_url", pulumi.Output.secret(self.source_url))


@dataclass(frozen=True, kw_only=True)
class ImportedImageResources:
    image: oci.core.Image
    compatible: Mapping[str, oci.core.ShapeManagement]
    """By shape."""


class ImportedImage(pulumi.ComponentResource):
    """A custom image from a file in Object Storage, and the shapes it may boot.

    A changed address imports the image anew, also where only the pre-authenticated key was renewed: import under a new key instead.
    """

    resources: ImportedImageResources
    image_id: pulumi.Output[str]
    """The image's OCID, known once every shape is on its list."""

    def __init__(self, name: str, args: ImportedImageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:oke:ImportedImage", name, {}, opts)
        image = oci.core.Image(
            name,
            compartment_id=args.compartment_id,
            display_name=f"{args.prefix}-{args.key}",
            image_source_details=oci.core.ImageImageSourceDetailsArgs(
                source_type="objectStorageUri",
                source_uri=args.source_url,
                source_image_type=args.source_image_type,
                operating_system="Canonical Ubuntu",
                operating_system_version=args.variant.os_version,
            ),
            # An image of 30 GB takes half an hour to an hour from another region.
            opts=pulumi.ResourceOptions(parent=self, custom_timeouts=pulumi.CustomTimeouts(create="2h", delete="30m")),
        )
        compatible = {
            shape: oci.core.ShapeManagement(
                f"{name}-{shape}",
                compartment_id=args.compartment_id,
                image_id=image.id,
                shape_name=shape,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for shape in sorted(set(args.shapes))
        }
        self.resources = ImportedImageResources(image=image, compatible=MappingProxyType(compatible))
        self.image_id = pulumi.Output.all(image.id, *(entry.id for entry in compatible.values())).apply(lambda ids: str(ids[0]))
        self.register_outputs({"imageId": self.image_id})

"""Where Pulumi keeps what it knows of a stack: a versioned bucket in OCI Object Storage, reached through its S3 interface.

The place is pure and light. What asks the store is in `platformctl.state.bootstrap`, and brings boto3 with it.
"""

from platformctl.state.location import StateLocation, environment, url

__all__ = ["StateLocation", "environment", "url"]

"""Pulumi's entry."""

import pulumi

from stacks.config import StackFileError
from stacks.platform import main

try:
    main()
except StackFileError as error:
    raise pulumi.RunError(str(error)) from error

"""Oracle's SDK, loaded a module at a time.

`pulumi_oci.core` runs 248 modules when it is first touched, `identity` 230: 2 s of every preview. The platform uses a
dozen of them, so each resource is found in its own module instead. Write `from infra.oci import oci` and use `oci` as ever:
type checkers see the SDK itself, and a test holds that every name found here is the SDK's own.
"""

import importlib
import importlib.util
import re
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pulumi_oci as oci
else:

    class _Subpackage(ModuleType):
        """Stands where the SDK's subpackage would, and finds a name in the module that defines it."""

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            for module in (_snake(name), "_inputs", "outputs"):
                if importlib.util.find_spec(f"{self.__name__}.{module}") is not None:
                    found = getattr(importlib.import_module(f"{self.__name__}.{module}"), name, None)
                    if found is not None:
                        setattr(self, name, found)
                        return found
            raise AttributeError(f"{self.__name__} has no {name}")

    class _Sdk:
        """`oci.core`, `oci.identity` ...: the SDK's subpackages without their `__init__`."""

        def __getattr__(self, name: str) -> Any:
            if name == "Provider":
                return importlib.import_module("pulumi_oci.provider").Provider
            qualified = f"pulumi_oci.{name}"
            # The SDK registers lazy modules of its own, whose first use would run the whole `__init__`.
            if not isinstance(sys.modules.get(qualified), _Subpackage):
                spec = importlib.util.find_spec(qualified)
                if spec is None or spec.submodule_search_locations is None:
                    raise AttributeError(f"pulumi_oci has no {name}")
                stand_in = _Subpackage(qualified)
                stand_in.__path__ = list(spec.submodule_search_locations)
                stand_in.__spec__ = spec
                sys.modules[qualified] = stand_in
            setattr(self, name, sys.modules[qualified])
            return sys.modules[qualified]

    def _snake(name: str) -> str:
        base = name.removesuffix("Args").removesuffix("_output").removesuffix("Result")
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", base).lower()

    oci = _Sdk()

__all__ = ["oci"]

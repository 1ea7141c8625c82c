"""Dask itself, which the package does not need anywhere else."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["engine"]


def engine(module: str) -> Any:
    """A module of Dask's, or an ImportError that says what to install."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ImportError(
            "libsiamese.dask needs the package %s (%s does not import: %s): "
            "pip install 'libsiamese[dask]'" % (package, module, error),
            name=error.name,
        ) from error

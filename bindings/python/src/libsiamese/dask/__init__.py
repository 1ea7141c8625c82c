"""Bulk embedding on Dask, and an index in shards: of columns that no machine
holds.

    >>> import dask.dataframe as dd
    >>> from libsiamese.dask import embed
    >>> shop = dd.read_parquet("items/")
    >>> vectors = embed(shop, "shop.siamese", columns="title", keep=["sku"])
    >>> vectors.to_parquet("vectors/")

Workers need the package and the model's file, by the same path. docs/scaling.md of
the library has the recipes, those for Spark too.
"""

from ._embed import embed
from ._npy import to_npy
from ._shards import MissingShardError, ShardedIndex

__all__ = ["MissingShardError", "ShardedIndex", "embed", "to_npy"]

"""Learns embeddings of short texts from pairs, and searches them.

    >>> import libsiamese
    >>> model = libsiamese.Model()
    >>> model.fit(queries, titles)
    >>> model.search("50 ft hose")

Model is the simple way in. Vocab, Tower, Trainer, Index, Ranker and evaluate are
its parts. The documentation of the library has every rule and option.
"""

from ._errors import (
    ArgumentError,
    CancelledError,
    FileError,
    FormatError,
    InternalError,
    LimitError,
    MissingFileError,
    NotFiniteError,
    NotFoundError,
    OptionError,
    OutOfMemoryError,
    RangeError,
    SiameseError,
    StateError,
    UnsupportedError,
    VersionError,
)
from ._evaluate import Evaluation, Evaluator, evaluate
from ._exchange import Exchange
from ._history import History
from ._hits import Hit, Hits, Results
from ._index import IdFilter, Index, Neighbours, RangeNeighbours
from ._items import Items
from ._library import version
from ._map import Map
from ._model import Model
from ._options import Option, apply_preset, describe, presets
from ._progress import Progress
from ._ranker import Feature, Ranker
from ._saved import Bundle, sections, verify
from ._shards import merge_hits
from ._texts import Columns, Texts
from ._tower import Tower
from ._trainer import Pairs, Step, Trainer
from ._vocab import Vocab

__version__ = version()

__all__ = [
    "ArgumentError",
    "Bundle",
    "CancelledError",
    "Columns",
    "Evaluation",
    "Evaluator",
    "Exchange",
    "Feature",
    "FileError",
    "FormatError",
    "History",
    "Hit",
    "Hits",
    "IdFilter",
    "Index",
    "InternalError",
    "Items",
    "LimitError",
    "Map",
    "MissingFileError",
    "Model",
    "Neighbours",
    "NotFiniteError",
    "NotFoundError",
    "Option",
    "OptionError",
    "OutOfMemoryError",
    "Pairs",
    "Progress",
    "RangeError",
    "RangeNeighbours",
    "Ranker",
    "Results",
    "SiameseError",
    "StateError",
    "Step",
    "Texts",
    "Tower",
    "Trainer",
    "UnsupportedError",
    "VersionError",
    "Vocab",
    "apply_preset",
    "describe",
    "evaluate",
    "merge_hits",
    "presets",
    "sections",
    "verify",
    "version",
]

"""Hits as tables: for a terminal, whose columns it counts, and for a notebook,
where titles are texts and never markup."""

from __future__ import annotations

import shutil
import unicodedata
from html import escape
from typing import TYPE_CHECKING, List, Optional, Sequence

if TYPE_CHECKING:
    from ._hits import Hits, Results

__all__ = ["MOST_QUERIES", "html_of", "html_of_all", "text_of"]

_GAP = 2
MOST_QUERIES = 20  #: of a table of many


def _columns_of(character: str) -> int:
    """Columns of a terminal that a character takes."""
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _width(text: str) -> int:
    return sum(map(_columns_of, text))


def _shown(text: str) -> str:
    """On one line, and nothing that a terminal would obey."""
    return "".join(
        " " if c.isspace() else "\ufffd" if unicodedata.category(c) == "Cc" else c
        for c in text
    )


def _cut(text: str, columns: int) -> str:
    """As much of it as fits, with an ellipsis where that is not all."""
    if _width(text) <= columns:
        return text
    used = 0
    for i, character in enumerate(text):
        used += _columns_of(character)
        if used > columns - 1:
            return text[:i] + "\u2026"
    return text


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - _width(text))


def _ids_of(hits: "Hits") -> Optional[List[str]]:
    """None where ids are the titles, which stand there once."""
    ids = [_shown(str(id)) for id in hits.ids]
    return None if ids == [_shown(title) for title in hits.titles] else ids


def text_of(hits: "Hits") -> str:
    """A table of rank, id, score and title, as wide as the terminal."""
    if not len(hits):
        return "Hits: none" if hits.known else "Hits: none, no word is known"
    room = shutil.get_terminal_size().columns
    ids = _ids_of(hits)
    scores = ["%.4f" % score for score in hits.scores]
    rank = len(str(len(hits)))
    wide = max(map(len, scores))
    used = rank + _GAP + wide + _GAP
    column = 0
    if ids is not None:
        column = min(max(map(_width, ids)), max((room - used) // 2, 8))
        used += column + _GAP
    lines = []
    for i, title in enumerate(hits.titles):
        cells = ["%*d" % (rank, i + 1)]
        if ids is not None:
            cells.append(_padded(_cut(ids[i], column), column))
        cells.append("%*s" % (wide, scores[i]))
        cells.append(_cut(_shown(title), max(room - used, 8)))
        lines.append((" " * _GAP).join(cells).rstrip())
    if hits.corrected is not None:
        lines.append("searched also for: " + _shown(hits.corrected))
    return "\n".join(lines)


def _row(cells: Sequence[str], tag: str = "td") -> str:
    """The last cell is a title, which begins on the left, as no figure does."""
    *figures, title = cells
    return "<tr>%s%s</tr>" % (
        "".join("<%s>%s</%s>" % (tag, cell, tag) for cell in figures),
        '<%s style="text-align:left">%s</%s>' % (tag, title, tag),
    )


def _head(names: Sequence[str]) -> str:
    return "<thead>%s</thead>" % _row(names, "th")


def _cells(hits: "Hits") -> List[List[str]]:
    ids = _ids_of(hits)
    rows = []
    for i, hit in enumerate(hits):
        row = [str(i + 1), "%.4f" % hit.score, escape(hit.title)]
        if ids is not None:
            row.insert(1, escape(ids[i]))
        rows.append(row)
    return rows


def html_of(hits: "Hits") -> str:
    """A table of HTML; a note where the query was corrected, or not known."""
    said = ""
    if hits.corrected is not None:
        said = "searched also for: " + escape(hits.corrected)
    elif not hits.known:
        said = "the model knows no word of the query"
    note = "<p>%s</p>" % said if said else ""
    if not len(hits):
        return "<p>no results</p>" + note
    rows = _cells(hits)
    names = (
        ["", "id", "score", "title"] if len(rows[0]) == 4 else ["", "score", "title"]
    )
    body = "".join(map(_row, rows))
    return "<table>%s<tbody>%s</tbody></table>%s" % (_head(names), body, note)


def html_of_all(results: "Results") -> str:
    """The best hit of each of the first queries."""
    rows = []
    texts = results._texts or []
    for i, hits in enumerate(results[:MOST_QUERIES]):
        best = hits[0] if len(hits) else None
        rows.append(
            [escape(texts[i]) if i < len(texts) else str(i), str(len(hits))]
            + (
                ["", "", ""]
                if best is None
                else [escape(str(best.id)), "%.4f" % best.score, escape(best.title)]
            )
        )
    body = "".join(map(_row, rows))
    head = _head(["query", "hits", "best id", "score", "title"])
    more = len(results) - len(rows)
    note = "<p>and %d more queries</p>" % more if more > 0 else ""
    return "<table>%s<tbody>%s</tbody></table>%s" % (head, body, note)

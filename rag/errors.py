"""Every error that a person may see: what happened, to which thing, and what to do.

PagelightError
├── SettingsError           a setting or an argument is unusable
├── SourceError             one file can't be read; the others go on
│   ├── PassingError        ... just now: the next ingest tries again
│   ├── LockedError         ... without its password
│   └── LimitError          ... because it is over a limit that a setting can raise
├── BusyError               too many questions wait already
│   └── QuotaError          ... or one person has used up what they may of an hour or a day
├── EmptiedError            a folder shows nothing of what was read from it
├── WorkspaceError          the workspace folder can't be used
│   ├── WorkspaceBusyError  another process owns it
│   ├── DamagedError        what is stored is not what was written
│   ├── VectorServerError   the server that holds its vectors can't be used just now
│   ├── DatabaseError       the database that several machines share can't be used just now
│   └── IndexMismatchError  it was built by another version or another model
└── ModelError              a model can't be loaded or run
    ├── CutOffError         ... or ended amid its answer; what it wrote stands
    └── WriterFailedError   ... and it is the one that writes: its sources are quoted instead

Bugs are none of these: they keep their traceback.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

logger = logging.getLogger(__name__)

_MAX_LETTERS: Final = 200
"""Of what a library says of its failure."""


class PagelightError(Exception):
    """A failure that the person can act on. `hint` says how; it may be empty.

    With `values` both are templates, and `{names}` in them stand for values: so a page can look the
    words up in the language of who reads (`templates`). Whole numbers get marks of thousands.
    """

    def __init__(self, message: str, *, hint: str = "", **values: object) -> None:
        super().__init__(_filled(message, values))
        self.hint = _filled(hint, values)
        self.templates = (message, hint)
        self.values = values

    @property
    def message(self) -> str:
        """What happened, without the hint."""
        return super().__str__()

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross from the parser's child process to ours; the default loses all but the words.
        return (_rebuild, (type(self), *self.templates, self.values))


def _filled(template: str, values: Mapping[str, object]) -> str:
    if not values:
        return template
    shown = {name: f"{one:,}" if isinstance(one, int) else one for name, one in values.items()}
    return template.format(**shown)


def _rebuild(
    kind: type[PagelightError], message: str, hint: str, values: Mapping[str, object]
) -> PagelightError:
    return kind(message, hint=hint, **values)


class SettingsError(PagelightError):
    """Raised when a `RAG_*` variable or an argument is unknown or out of range."""


class SourceError(PagelightError):
    """Raised by a parser for a file that it can't read. The message is the reason shown."""


class PassingError(SourceError):
    """Raised for a file that can't be read just now: it is tried again at the next ingest."""


class LockedError(SourceError):
    """Raised for a file that a password opens which was not given."""

    def __init__(
        self,
        message: str = "The file is password protected.",
        *,
        hint: str = "Unlock it on the page or with pagelight ingest --password-file FILE, "
        "or save a copy without a password.",
        **values: object,
    ) -> None:
        super().__init__(message, hint=hint, **values)


class LimitError(SourceError):
    """Raised when reading a file would take more time, memory, pages or pixels than allowed."""


class BusyError(PagelightError):
    """Raised for a question that comes while too many wait already."""


class QuotaError(BusyError):
    """Raised for who has asked, or sent, as much as they may for now; tells until when."""


class EmptiedError(PagelightError):
    """Raised where an ingest would take every document out of the index: a drive may be away."""


class WorkspaceError(PagelightError):
    """Raised when the workspace can't be opened, read or written."""


class WorkspaceBusyError(WorkspaceError):
    """Raised when another process owns the workspace; names that process."""


class DamagedError(WorkspaceError):
    """Raised when bytes in the workspace are not those that were stored there."""


class VectorServerError(WorkspaceError):
    """Raised when the server that holds the vectors is not there, or is another one."""


class DatabaseError(WorkspaceError):
    """Raised when the database that several machines share is not there, or refuses."""


class IndexMismatchError(WorkspaceError):
    """Raised when the index was built with another embedder, or by a newer version."""


class ModelError(PagelightError):
    """Raised when model weights are missing, damaged, or fail to run."""


class CutOffError(ModelError):
    """Raised by a generator that ended amid its answer. What it yielded before stands."""


class WriterFailedError(ModelError):
    """Raised where the model that writes fails in any other way. The message tells why."""


def failure_message(error: Exception, *, of: str) -> str:
    """Return why `of`, a model that something else stands in for, failed; bugs are logged.

    Torch tells of memory by a RuntimeError of its own, which this must not import.
    """
    if isinstance(error, PagelightError):
        return str(error)
    if is_out_of_memory(error):
        return f"The machine ran out of memory while {_amid(of)} ran; take a smaller model."
    if isinstance(error, OSError):
        return f"{of} can't be read: {_first_line(error)}."
    logger.error("%s failed", of, exc_info=error)
    return f"{of} failed: {_first_line(error)}."


def is_out_of_memory(error: Exception) -> bool:
    """Tell whether memory, that of a GPU too, was asked for in vain."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and "alloc" in str(error)


def _amid(name: str) -> str:
    """Return a name as it stands amid a sentence."""
    return f"t{name[1:]}" if name.startswith("The ") else name


def _first_line(error: Exception) -> str:
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return first[:_MAX_LETTERS].rstrip(".:")

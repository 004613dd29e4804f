"""What the server is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rag.models.setup.state import SetupState
from rag.protocols import PictureRenderer
from service.asking.seams import Incoming, WholeEngine
from service.models.models_switch import Switches
from service.pages.originals import Fetch, is_here
from service.work.jobs import Jobs
from ui.start.demo import Demo


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the server is made of: given by the entry point, the only one that knows classes."""

    engine: WholeEngine
    jobs: Jobs
    incoming: Incoming
    renderer: PictureRenderer
    switches: Switches
    writer: Callable[[], SetupState] = lambda: SetupState(stage="off")
    fetch: Fetch = is_here
    examples: Sequence[str] = ()
    demo: Demo = field(default_factory=lambda: Demo(None))

"""As `crash_child`, over pictures: each is read, stored, and looked at by an image model."""

import time
from pathlib import Path

from crash.crash_child import open_index, serve
from fakes import FakeEmbedder, FakeImageEmbedder, MadeReader

from ingest.parsers.image import parse_image
from ingest.pipeline.pipeline import Ingest
from rag.retrieval.images import ImageSearch
from rag.settings import Settings
from rag.storage.search.spaces import PictureSpace

SETTINGS = Settings(ocr=False)
LOOK_S = 0.05


class SlowEyes(FakeImageEmbedder):
    """Takes its time, so that most kills meet it looking."""

    def embed_images(self, images):
        time.sleep(LOOK_S)
        return super().embed_images(images)


def sight_of(index, model):
    """Return sight that looks at a few pictures at a time; its questions have words alone."""
    return ImageSearch(
        model,
        lambda m: index.space(PictureSpace, model_id=m.model_id, dim=m.dim),
        load=index.assets.pixels,
        read=lambda _: None,
    )


def see(folder: Path, workspace: Path) -> None:
    with open_index(workspace) as index:
        Ingest(
            index,
            FakeEmbedder(),
            MadeReader(lambda file: parse_image(file, index.assets, settings=SETTINGS)),
            SETTINGS,
            sight=sight_of(index, SlowEyes()),
        ).run(folder, on_progress=lambda _: None)


if __name__ == "__main__":
    serve(see)

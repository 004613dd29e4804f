# The image of compose.yaml and compose.machines.yaml: Pagelight with Ray, buckets, what reaches a
# PostgreSQL, and the Chroma server. Not built by the tests, which start the same processes without
# containers.
FROM python:3.11-slim-bookworm

WORKDIR /opt/pagelight
COPY . .
RUN pip install --no-cache-dir --constraint constraints.txt ".[postgres,ray,s3]" \
    && useradd --create-home pagelight \
    && mkdir /documents /workspace /vectors \
    && chown pagelight: /workspace /vectors

USER pagelight
EXPOSE 7860
CMD ["pagelight", "--help"]

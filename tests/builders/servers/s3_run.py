"""An S3 server (moto's)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from server_run import ServerRun

SECRET = "the-secret-that-nobody-may-store"  # noqa: S105 - of a server that asks for none


class S3Run(ServerRun):
    """Each start is an empty one."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            "from moto.server import main; main()",
            alive="/moto-api/data.json",
            log=folder / "s3.log",
        )

    @property
    def options(self) -> Sequence[str]:
        return ("-H", "127.0.0.1", "-p", str(self.port))

    @property
    def environment(self) -> dict[str, str]:
        """What a person sets to reach it."""
        return {
            "AWS_ACCESS_KEY_ID": "who",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.url,
        }

    def fetched(self, bucket: str) -> list[str]:
        """Return the keys whose bytes were asked for, in their order."""
        asked = re.compile(rf'"GET /{bucket}/(\S+) HTTP')
        return asked.findall(self.log.read_text("utf-8", errors="replace"))


class Bucket:
    """A bucket of such a server."""

    def __init__(self, server: S3Run, name: str) -> None:
        import boto3  # noqa: PLC0415 - only where a bucket is made

        keys = server.environment
        self.server = server
        self.name = name
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=SECRET,
        )
        self._client.create_bucket(Bucket=name)

    def put(self, key: str, data: bytes) -> None:
        self._client.put_object(Bucket=self.name, Key=key, Body=data)

    def delete(self, key: str) -> None:
        self._client.delete_object(Bucket=self.name, Key=key)

    def fetched(self) -> list[str]:
        return self.server.fetched(self.name)

    def close(self) -> None:
        self._client.close()

"""An S3 server (moto's) on a free port of this machine, in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from chroma_run import free_port

START_SECONDS = 60
SECRET = "the-secret-that-nobody-may-store"  # noqa: S105 - of a server that asks for none


class S3Run:
    """Runs from `start` to `stop`; each start is an empty one."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._log = folder / "s3.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a person sets to reach it."""
        return {
            "AWS_ACCESS_KEY_ID": "who",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.url,
        }

    def start(self) -> None:
        start = "from moto.server import main; main()"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", start, "-H", "127.0.0.1", "-p", str(self.port)],
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(self._log.read_text("utf-8", errors="replace"))
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def fetched(self, bucket: str) -> list[str]:
        """Return the keys whose bytes were asked for, in their order."""
        asked = re.compile(rf'"GET /{bucket}/(\S+) HTTP')
        return asked.findall(self._log.read_text("utf-8", errors="replace"))

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/moto-api/data.json", trust_env=False).is_success
        except httpx.HTTPError:
            return False


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

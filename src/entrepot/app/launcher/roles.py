"""Roles and passwords of the embedded database."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from entrepot.app.launcher.errors import SecretsMissing

DATABASE = "entrepot"
ADMIN, OWNER, APP, PARTNER, READONLY = (f"entrepot_{name}" for name in ("admin", "owner", "app", "partner", "readonly"))
WITH_PASSWORD = (ADMIN, OWNER, APP, READONLY)

# NOINHERIT on the app: it may become the partner by SET ROLE, but must not fall under the partner's row policies itself.
ATTRIBUTES = {
    OWNER: "LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOBYPASSRLS",
    APP: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOINHERIT",
    PARTNER: "NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
    READONLY: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
}


@dataclass(frozen=True)
class DatabaseUrls:
    """Where the embedded database listens, for each of its users."""

    app: str
    owner: str
    admin: str
    readonly: str


def urls(socket: Path, passwords: dict[str, str]) -> DatabaseUrls:
    """The addresses of the database behind a socket folder."""

    def url(role: str) -> str:
        return f"postgresql://{role}:{passwords[role]}@/{DATABASE}?host={quote(str(socket), safe='')}&port=5432"

    return DatabaseUrls(app=url(APP), owner=url(OWNER), admin=url(ADMIN), readonly=url(READONLY))


def passwords(home: Path, *, cluster_exists: bool) -> dict[str, str]:
    """The passwords of this home's roles; made once, before the cluster, in a file of mode 0600.

    Raises: SecretsMissing when the cluster is there and the file is not.
    """
    file = home / "database.json"
    if file.exists():
        stored: dict[str, str] = json.loads(file.read_text())
        return stored
    if cluster_exists:
        raise SecretsMissing(file)
    made = {role: secrets.token_urlsafe(24) for role in WITH_PASSWORD}
    partial = file.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        json.dump(made, handle)
        handle.flush()
        os.fsync(handle.fileno())
    partial.rename(file)
    return made


def make_roles_and_database(admin: psycopg.Connection, passwords: dict[str, str]) -> None:
    """Every role and the database exist; what is there already stays as it is. Needs autocommit."""
    present = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles UNION ALL SELECT datname FROM pg_database")}
    for role, attributes in ATTRIBUTES.items():
        if role not in present:
            password = sql.SQL("PASSWORD {}").format(sql.Literal(passwords[role])) if role in WITH_PASSWORD else sql.SQL("")
            admin.execute(sql.SQL("CREATE ROLE {} {} {}").format(sql.Identifier(role), sql.SQL(attributes), password))
    admin.execute(f"GRANT {PARTNER} TO {APP}")
    admin.execute(f"ALTER ROLE {READONLY} SET default_transaction_read_only = on")
    if DATABASE not in present:
        admin.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    admin.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
    admin.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP}, {READONLY}")

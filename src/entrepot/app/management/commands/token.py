"""entrepot token: tokens of the REST API."""

from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from entrepot.app.management.plain import PlainCommand, actor
from entrepot.base import clock
from entrepot.people import tokens
from entrepot.people.types import Right


class Command(PlainCommand):
    help = "Make, list and revoke tokens of the REST API. A token may do no more than the person it belongs to."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="make a token; it is shown once")
        create.add_argument("--user", required=True, help="the person it belongs to")
        create.add_argument("--name", required=True, help="what uses it, such as “warehouse system”")
        create.add_argument("--scopes", required=True, nargs="+", metavar="SCOPE", help=", ".join(Right))
        create.add_argument("--days", type=int, help="how many days it is good for; without it, until it is revoked")
        verbs.add_parser("list", help="all tokens, the newest first")
        verbs.add_parser("revoke", help="a token opens nothing any more").add_argument("id", help="as “list” shows it")

    def work(self, options: Mapping[str, Any]) -> None:
        if options["verb"] == "create":
            self._create(options)
        elif options["verb"] == "revoke":
            tokens.revoke(_id(options["id"]), actor=actor())
            self.stdout.write("The token is revoked.")
        else:
            self._list()

    def _create(self, options: Mapping[str, Any]) -> None:
        days = options["days"]
        if days is not None and days < 1:
            raise CommandError("A token is good for one day at least.")
        until = clock.now() + timedelta(days=days) if days is not None else None
        wanted = [scope for given in options["scopes"] for scope in given.split(",")]
        self.stdout.write(tokens.issue(username=options["user"], name=options["name"], scopes=wanted, expires_at=until, actor=actor()))
        self.stderr.write("Keep it: it is not shown again. Send it as “Authorization: Bearer ent_...”; /api/v1/docs says what it can do.")

    def _list(self) -> None:
        rows = [(t.public_id, t.user, t.name, ",".join(sorted(t.scopes)), t.last_used_at, _until(t)) for t in tokens.listed()]
        self.say_table(("id", "user", "name", "scopes", "last used", "good until"), rows)


def _until(token: Any) -> Any:
    return "revoked" if token.revoked_at else token.expires_at


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise CommandError(f"“{text}” is no token id. “entrepot token list” shows them.") from None

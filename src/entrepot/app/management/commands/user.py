"""entrepot user: people who sign in."""

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from getpass import getpass
from typing import Any

from entrepot.app.management.plain import PlainCommand, actor
from entrepot.people import actions as people
from entrepot.people import queries
from entrepot.people.types import Role

ROLES = [role.value for role in Role]


class Command(PlainCommand):
    help = "Make people who sign in, give them a role or a new password. Without --ask a password is made up and shown once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="a person who may sign in")
        create.add_argument("name")
        create.add_argument("--role", required=True, choices=ROLES)
        create.add_argument("--language", default="en", choices=["en", "zh-hans"])
        role = verbs.add_parser("set-role", help="what a person may do from now on")
        role.add_argument("name")
        role.add_argument("role", choices=ROLES)
        password = verbs.add_parser("set-password", help="a new password")
        password.add_argument("name")
        for one in (create, password):
            one.add_argument("--ask", action="store_true", help="type the password, or pipe it in, instead of having one made")
        verbs.add_parser("list", help="everybody, by name")

    def work(self, options: Mapping[str, Any]) -> None:
        verb = options["verb"]
        if verb == "list":
            rows = [(p.name, p.role, "yes" if p.active else "no", p.last_login) for p in queries.everybody()]
            self.say_table(("name", "role", "active", "last signed in"), rows)
            return
        name = options["name"]
        if verb == "set-role":
            people.set_role(name, Role(options["role"]), actor=actor())
            self.stdout.write(f"{name} is {options['role']} from now on.")
            return
        asked = _asked() if options["ask"] else None
        if verb == "create":
            given = people.create_user(name, role=Role(options["role"]), password=asked, language=options["language"], actor=actor())
        else:
            given = people.set_password(name, asked, actor=actor())
        self.stdout.write(f"{name} may sign in." if asked else f"{name} may sign in with the password {given}  (shown once: change it)")


def _asked() -> str:
    return getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")

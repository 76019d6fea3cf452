"""What a person is refused with is translatable: no error of ours carries a sentence that gettext has not seen."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import entrepot

SOURCES = Path(entrepot.__file__).parent
FLOORS = (
    "base",
    "people",
    "channels",
    "catalog",
    "inventory",
    "localization",
    "listings",
    "orders",
    "fulfillment",
    "settlement",
    "insight",
)
DOORS = ("web", "api")
GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext", "gettext_lazy", "ngettext_lazy", "pgettext_lazy", "gettext_noop"}
# What an administrator reads in a terminal stays in English: the start of a process, the command line, the seller's key file.
TERMINAL = {"people/deployment.py"}


def trees() -> dict[str, ast.Module]:
    files = (file for folder in (*FLOORS, *DOORS) for file in sorted((SOURCES / folder).rglob("*.py")))
    return {str(file.relative_to(SOURCES)): ast.parse(file.read_text(encoding="utf-8")) for file in files if "migrations" not in file.parts}


def refusals(parsed: dict[str, ast.Module]) -> set[str]:
    """Names of UserError and of every class made from it, however deep."""
    bases = {
        node.name: {name_of(base) for base in node.bases}
        for tree in parsed.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {"UserError"}
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return found


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def told(tree: ast.AST, errors: set[str]) -> Iterator[ast.Call]:
    """Every call that makes such an error, and ``super().__init__(...)`` inside one of their classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node.func) in errors:
            yield node
        if isinstance(node, ast.ClassDef) and node.name in errors:
            yield from (call for call in ast.walk(node) if isinstance(call, ast.Call) and name_of(call.func) == "__init__")


def untranslated(node: ast.AST) -> Iterator[str]:
    """Sentences in an expression that stand outside of gettext; an f-string inside it is one too, for no one can extract it."""
    if isinstance(node, ast.JoinedStr):
        words = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
        if any(letter.isalpha() for letter in words):
            yield ast.unparse(node)
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and " " in node.value.strip():
            yield node.value
        return
    if isinstance(node, ast.Call) and name_of(node.func) in GETTEXT:
        yield from (ast.unparse(one) for one in node.args if isinstance(one, ast.JoinedStr | ast.BinOp))
        return
    for child in ast.iter_child_nodes(node):
        yield from untranslated(child)


def found_in(parsed: dict[str, ast.Module]) -> list[str]:
    errors = refusals(parsed)
    return [
        f"{file}:{call.lineno} {text}"
        for file, tree in parsed.items()
        if file not in TERMINAL
        for call in told(tree, errors)
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]
        for text in untranslated(argument)
    ]


def test_no_refusal_says_what_no_translator_has_seen() -> None:
    found = found_in(trees())
    assert not found, "Wrap these in gettext, with named placeholders:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        'raise NotFound("There is no offer.")',
        'raise errors.NotFound(f"no {offer}")',
        'raise Own(_("fine"), "There it is not.")',
        'raise NotFound(_(f"There is no offer {offer}."))',
        'raise NotFound("no offer %s" % offer)',
        'raise NotFound("no offer {}".format(offer))',
    ],
)
def test_the_check_sees_every_way_to_forget_it(line: str) -> None:
    assert found_in({"x.py": ast.parse(f"class NotFound(UserError): ...\nclass Own(NotFound): ...\n{line}")})


@pytest.mark.parametrize(
    "line",
    ['raise NotFound(_("no offer {offer}").format(offer=1))', 'raise Own("bad_row", _("no offer"))', 'raise NotFound(" ".join(all))'],
)
def test_the_check_lets_translated_texts_pass(line: str) -> None:
    assert not found_in({"x.py": ast.parse(f"class NotFound(UserError): ...\nclass Own(NotFound): ...\n{line}")})

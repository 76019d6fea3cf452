"""Translations without gettext's tools: collect the texts, update the .po files, compile them.

Usage: python scripts/messages.py update|compile
"""

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = PROJECT / "src" / "entrepot"
LANGUAGES = ("zh_Hans",)
FILES = [SOURCES / "locale" / language / "LC_MESSAGES" / "django.po" for language in LANGUAGES]

KEYWORDS: dict[str, tuple[object, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def collected() -> Catalog:
    """Every text in the code and the templates that is marked for translation."""
    catalog = Catalog(domain="django")
    for path in sorted([*SOURCES.rglob("*.py"), *SOURCES.rglob("*.html"), *SOURCES.rglob("*.txt")]):
        if "migrations" in path.parts:
            continue
        found = _settings(path) if "connectors" in path.parts else _messages(path)
        for line, message, comments, context in found:
            catalog.add(message, locations=[(str(path.relative_to(PROJECT)), line)], auto_comments=comments, context=context)
    return catalog


def _messages(path: Path) -> Iterator[tuple[int, object, list[str], str | None]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django turns a template into lines that look like Python; Python's tokenizer also minds the indentation.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    try:
        yield from extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS, comment_tags=["Translators:"])
    except (SyntaxError, ValueError) as problem:
        raise SystemExit(f"{path}: {problem}") from problem


def _settings(path: Path) -> Iterator[tuple[int, object, list[str], str | None]]:
    """Label and help of each setting of a connector. Connectors know no Django, so the screens translate them, in this context."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Setting":
            texts = [*call.args[1:3], *(given.value for given in call.keywords if given.arg in ("label", "help"))]
            for text in texts:
                if not isinstance(text, ast.Constant):
                    raise SystemExit(f"{path}:{text.lineno}: the text of a setting must be one literal, so that it can be translated")
                yield text.lineno, text.value, [], "setting"


def load(file: Path) -> Catalog:
    """The catalog in a .po file; an empty one when there is no file yet."""
    locale = file.parent.parent.name
    if not file.exists():
        return Catalog(locale=locale, domain="django", project="Entrepot", fuzzy=False)
    with file.open("rb") as source:
        return read_po(source, locale=locale, domain="django")


def update() -> None:
    """Write new texts into the .po files and drop the ones that are gone; translations stay, nothing is guessed."""
    template = collected()
    for file in FILES:
        catalog = load(file)
        created = catalog.creation_date
        catalog.update(template, no_fuzzy_matching=True)
        catalog.creation_date = created  # so that nothing changes when no text does
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as target:
            write_po(target, catalog, width=0, no_location=True, sort_output=True, ignore_obsolete=True, include_lineno=False)
        open_ones = sum(1 for message in catalog if message.id and not _translated(message.string))
        print(f"{file.relative_to(PROJECT)}: {len(catalog)} texts, {open_ones} to translate")


def compile_all() -> None:
    """Make the .mo file beside every .po file."""
    for file in filter(Path.exists, FILES):
        with file.with_suffix(".mo").open("wb") as target:
            write_mo(target, load(file))


def _translated(string: object) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


def main() -> int:
    commands = {"update": update, "compile": compile_all}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    if not settings.configured:
        settings.configure(USE_I18N=False)
        django.setup()
    commands[sys.argv[1]]()
    return 0


if __name__ == "__main__":
    sys.exit(main())

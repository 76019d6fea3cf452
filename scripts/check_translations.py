"""Every text is translated into every language, and the .po files are up to date with the code.

Usage: python scripts/check_translations.py   (exit code 1 and the list when one is not)
"""

import re
import sys

import messages
from babel.messages.catalog import Catalog
from django.conf import settings


def problems() -> list[str]:
    template = messages.collected()
    return [f"{file.relative_to(messages.PROJECT)}: {problem}" for file in messages.FILES for problem in _of(messages.load(file), template)]


def _of(catalog: Catalog, template: Catalog) -> list[str]:
    found = []
    for message in template:
        if not message.id:
            continue
        here = catalog.get(message.id, context=message.context)
        if here is None:
            found.append(f"is missing {_name(message)}; run `make messages`")
        elif here.fuzzy:
            found.append(f"is unsure about {_name(message)}")
        elif not (all(here.string) if isinstance(here.string, (tuple, list)) else here.string):
            found.append(f"does not translate {_name(message)}")
        else:
            found += [f"{_name(message)}: {error}" for error in here.check(catalog)]
            found += [
                f"{_name(message)}: its translation has other values in braces"
                for text in _all(here.string)
                if _braces(text) != _braces(_all(message.id)[-1])
            ]
    found += [
        f"keeps {_name(gone)}, which nobody uses; run `make messages`"
        for gone in catalog
        if gone.id and template.get(gone.id, gone.context) is None
    ]
    return found


def _all(text: object) -> list[str]:
    return list(text) if isinstance(text, (tuple, list)) else [str(text)]


def _braces(text: str) -> set[str]:
    """The values that str.format fills in: another name in a translation would fail when it is shown."""
    return set(re.findall(r"{\w+}", text))


def _name(message: object) -> str:
    text = message.id[0] if isinstance(message.id, tuple) else message.id  # type: ignore[attr-defined]
    place = message.locations[0] if message.locations else None  # type: ignore[attr-defined]
    context = f" in the context {message.context!r}" if message.context else ""  # type: ignore[attr-defined]
    return repr(text) + context + (f" ({place[0]}:{place[1]})" if place else "")


if __name__ == "__main__":
    settings.configure(USE_I18N=False)
    listed = problems()
    print("\n".join(listed) or f"{len(messages.FILES)} language(s) complete")
    sys.exit(bool(listed))

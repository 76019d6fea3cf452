"""Every relative link in the documentation leads to a file.

Usage: python scripts/check_links.py   (exit code 1 and the list when one does not)
"""

import re
import sys
from pathlib import Path
from urllib.parse import unquote

PROJECT = Path(__file__).resolve().parent.parent
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(<?([^)>\s#]+)[^)]*\)")


def broken() -> list[str]:
    found = []
    for page in sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *(PROJECT / "src").rglob("*.md")]):
        for target in _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
            if "://" not in target and not target.startswith(("mailto:", "/")) and not (page.parent / unquote(target)).exists():
                found.append(f"{page.relative_to(PROJECT)}: {target}")
    return found


if __name__ == "__main__":
    listed = broken()
    print("\n".join(listed) or "Links in the documentation are whole")
    sys.exit(bool(listed))

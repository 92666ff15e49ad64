"""Templates without the white space that only their authors need: taken out once, when a template is compiled."""

from __future__ import annotations

import re
from typing import Any

from django_cotton.cotton_loader import Loader as CottonLoader

WORD = r"(?:if|elif|else|endif|for|empty|endfor|with|endwith|load|csrf_token|block|endblock|kept|endkept)\b[^%\n]*"
NAMED = r"(?:trans|url) [^%\n]* as \w+ "
LINES_OF_TAGS = re.compile(rf"^[ \t]*((?:{{% (?:{WORD}|{NAMED})%}}[ \t]*)+)\n[ \t]*", re.MULTILINE)
INDENTED = re.compile(r"\n\s+")


def lean(source: str) -> str:
    """Lines that hold nothing but tags leave no empty line, and lines are not indented. Where there was white space, some remains."""
    return INDENTED.sub("\n", LINES_OF_TAGS.sub(r"\1", source))


class Loader(CottonLoader):
    """Reads pages and components; what others bring along, e.g. plain texts of mails, is left as it is."""

    def get_contents(self, origin: Any) -> str:
        source: str = super().get_contents(origin)
        return lean(source) if str(origin.name).endswith(".html") else source

"""Names that exist in both languages side by side, and the choice between them."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import get_language, override


def pick(ja: str, en: str) -> str:
    """The reader's language if it is written, else the other one."""
    if (get_language() or "").startswith("ja"):
        return ja or en
    return en or ja


def in_both(words: Promise) -> tuple[str, str]:
    """Japanese and English of our own words, for rows that everybody reads in their language."""
    with override("ja"):
        japanese = str(words)
    with override("en"):
        return japanese, str(words)


class BilingualName(models.Model):
    name_ja = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return pick(self.name_ja, self.name_en)

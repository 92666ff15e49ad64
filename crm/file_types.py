"""What a file is, by its content and never by its name; and a name of it that is safe to show and to send."""

from __future__ import annotations

import codecs
import re
import unicodedata
import zipfile
from typing import IO, Any

PDF = "application/pdf"
TEXT = "text/plain"
OFFICE = "application/vnd.openxmlformats-officedocument."
OOXML = {
    "word/document.xml": f"{OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{OFFICE}presentationml.presentation",
}
ODF = "application/vnd.oasis.opendocument."
MAGIC = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
MARKUP = re.compile(rb"\A(\xef\xbb\xbf)?\s*<(\?xml|!doctype|html|head|body|script|svg|iframe|!--)", re.IGNORECASE)
ENCODINGS = ("utf-8-sig", "cp932")
WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
HEAD = 4096
CHUNK = 1 << 16
PARTS = 10_000
LONGEST_NAME = 200
LONGEST_ENDING = 12


class Refused(Exception):
    """This kind of file is not taken. `code` says why: "unknown", "empty", "macros", "markup"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def type_of(file: IO[bytes] | Any) -> str:
    """The type of a document, an image, a table or plain text; raises `Refused` for everything else."""
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        raise Refused("empty")
    for magic, name in MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1"):
        return "image/heic"
    if head.startswith(b"PK\x03\x04"):
        return _type_of_archive(file)
    if MARKUP.match(head):
        raise Refused("markup")
    return _type_of_text(file, head)


def _type_of_archive(file: IO[bytes]) -> str:
    """An Office document by the parts it is made of; nothing is unpacked but the few bytes that name an OpenDocument."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist()[:PARTS])
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise Refused("macros")
            if "mimetype" in names:
                with archive.open("mimetype") as part:
                    return _opendocument(part.read(100).decode("ascii", "replace").strip())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Refused("unknown") from error
    kind = next((kind for part, kind in OOXML.items() if part in names), None)
    if kind is None or "[Content_Types].xml" not in names:
        raise Refused("unknown")
    return kind


def _opendocument(kind: str) -> str:
    if kind not in {f"{ODF}{name}" for name in ("text", "spreadsheet", "presentation")}:
        raise Refused("unknown")
    return kind


def _type_of_text(file: IO[bytes], head: bytes) -> str:
    encodings = [WIDE[head[:2]]] if head[:2] in WIDE else ENCODINGS
    if any(_is_text(file, encoding) for encoding in encodings):
        return TEXT
    raise Refused("unknown")


def _is_text(file: IO[bytes], encoding: str) -> bool:
    """From the first byte to the last, without control characters."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            if CONTROL.search(decoder.decode(chunk)):
                return False
        return not CONTROL.search(decoder.decode(b"", final=True))
    except UnicodeDecodeError:
        return False


CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def safe_name(name: str) -> str:
    """One line without folders, control characters or marks that turn the direction of writing; its ending stays."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in last)
    words = " ".join(unicodedata.normalize("NFC", seen).split()).strip(". ")
    stem, dot, ending = words.rpartition(".")
    if not stem or len(ending) > LONGEST_ENDING:
        return words[:LONGEST_NAME] or "file"
    return stem[: LONGEST_NAME - len(dot + ending)] + dot + ending

"""The message catalogues, without gettext's programs: they may be absent where Sodate CRM runs.

A `.po` file is read into messages, written as the `.mo` file that Python loads, and compared with
the strings that stand in the source.
"""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

Key = tuple[str, str]  # context (empty for none) and English text

LITERAL = r"""u?(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
TEMPLATE_CALL = re.compile(rf"(?<!\w)(_|n?p?gettext)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdf]|\{\w*\}")
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
WITHOUT_CONTEXT = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
MAGIC = 0x950412DE


@dataclass
class Message:
    """One entry of a catalogue; `texts` has several only for plural forms."""

    context: str = ""
    id: str = ""
    plural: str = ""
    texts: dict[int, str] = field(default_factory=dict)
    is_fuzzy: bool = False
    line: int = 0

    @property
    def key(self) -> Key:
        return self.context, self.id

    @property
    def is_translated(self) -> bool:
        return bool(self.texts) and all(self.texts.values()) and not self.is_fuzzy


# -- Reading and writing ---------------------------------------------------------------------------


def read_po(text: str) -> list[Message]:
    """The messages of a `.po` file, its header (the message without id) first."""
    return [message for block in blocks(text) if (message := read_block(block)) is not None]


def blocks(text: str) -> Iterator[list[tuple[int, str]]]:
    """Numbered lines, cut where an entry begins: at an empty line, or at a comment or id after a text."""
    block: list[tuple[int, str]] = []
    seen_text = False
    for number, line in enumerate(text.splitlines(), start=1):
        starts_next = line.startswith(("#", "msgctxt", "msgid ")) and seen_text
        if (not line.strip() or starts_next) and block:
            yield block
            block, seen_text = [], False
        if line.strip():
            block.append((number, line.strip()))
            seen_text = seen_text or line.startswith("msgstr")
    if block:
        yield block


def read_block(block: list[tuple[int, str]]) -> Message | None:
    message, name = Message(line=block[0][0]), ""
    parts: dict[str, str] = {}
    for _, line in block:
        if line.startswith("#"):
            message.is_fuzzy = message.is_fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        if not line.startswith('"'):
            name, _, line = line.partition(" ")
        parts[name] = parts.get(name, "") + ast.literal_eval(line)
    if "msgid" not in parts:
        return None
    message.context, message.id = parts.get("msgctxt", ""), parts["msgid"]
    message.plural = parts.get("msgid_plural", "")
    texts = [name for name in parts if name.startswith("msgstr")]
    message.texts = {int(name[7:-1]) if "[" in name else 0: parts[name] for name in texts}
    return message


def to_mo(messages: Iterable[Message]) -> bytes:
    """The binary catalogue: sorted keys and texts behind two tables of lengths and offsets."""
    pairs = sorted(mo_pair(message) for message in messages if message.is_translated)
    count, start = len(pairs), 28
    offset = start + 16 * count
    tables, data = [b"", b""], b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += struct.pack("<II", len(pair[column]), offset + len(data))
            data += pair[column] + b"\0"
    return struct.pack("<7I", MAGIC, 0, count, start, start + 8 * count, 0, offset) + tables[0] + tables[1] + data


def mo_pair(message: Message) -> tuple[bytes, bytes]:
    key = f"{message.context}\x04{message.id}" if message.context else message.id
    if message.plural:
        key += f"\0{message.plural}"
    return key.encode(), "\0".join(message.texts[number] for number in sorted(message.texts)).encode()


def catalogues(folders: Iterable[Path]) -> list[Path]:
    return sorted(file for folder in folders for file in Path(folder).glob("*/LC_MESSAGES/*.po"))


def compile_catalogue(file: Path) -> bool:
    """Write the `.mo` beside the `.po`, whole or not at all; whether it changed."""
    target = file.with_suffix(".mo")
    content = to_mo(read_po(file.read_text(encoding="utf-8")))
    if target.exists() and target.read_bytes() == content:
        return False
    draft = target.with_suffix(".mo.new")
    draft.write_bytes(content)
    draft.replace(target)
    return True


# -- Comparing with the source ---------------------------------------------------------------------


def source_strings(root: Path, folders: Iterable[str]) -> dict[Key, str]:
    """Every translatable string under `folders` of `root`, with the file where it stands first."""
    found: dict[Key, str] = {}
    for folder in folders:
        for file in sorted((root / folder).rglob("*")):
            for key in strings_of(file):
                found.setdefault(key, str(file.relative_to(root)))
    return found


def strings_of(file: Path) -> Iterator[Key]:
    if file.suffix == ".py" and "migrations" not in file.parts:
        yield from python_strings(file.read_text(encoding="utf-8"))
    elif file.suffix in (".html", ".txt") and "templates" in file.parts:
        yield from template_strings(file.read_text(encoding="utf-8"))


def python_strings(source: str) -> Iterator[Key]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            texts = [text for argument in node.args if (text := text_of(argument)) is not None]
            if name in WITH_CONTEXT | WITHOUT_CONTEXT and texts:
                yield key_of(name, texts)


def text_of(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def template_strings(source: str) -> Iterator[Key]:
    for call in TEMPLATE_CALL.finditer(templatize(source)):
        texts = [ast.literal_eval(text) for text in re.findall(LITERAL, call[2])]
        yield key_of(call[1], texts)


def key_of(name: str, texts: list[str]) -> Key:
    """Functions with a p take the context before the text."""
    return (texts[0], texts[1]) if name in WITH_CONTEXT else ("", texts[0])


def problems(messages: list[Message], source: dict[Key, str]) -> list[str]:
    """What is untranslated, unsure, doubled, or loses a placeholder: one line each."""
    known = {message.key: message for message in messages}
    missing = [f"{place}: no translation of {key}" for key, place in source.items() if key not in known]
    empty = [f"line {m.line}: empty or fuzzy {m.key}" for m in messages if m.id and not m.is_translated]
    broken = [f"line {m.line}: other placeholders in {m.key}" for m in messages if m.id and loses_placeholder(m)]
    doubled = [f"line {m.line}: stands twice {m.key}" for m in messages if known[m.key] is not m]
    return sorted(missing) + empty + broken + doubled


def loses_placeholder(message: Message) -> bool:
    """A plural form may leave out the number, so the wanted ones are those of any English form."""
    forms = [set(PLACEHOLDER.findall(text)) for text in (message.id, message.plural or message.id)]
    wanted, needed = forms[0] | forms[1], forms[0] & forms[1]
    given = [set(PLACEHOLDER.findall(text)) for text in message.texts.values() if text]
    return any(not needed <= placeholders <= wanted for placeholders in given)

"""Strict YAML: hostile text in, frozen dataclasses out as their annotations say, or every problem with its line.

A dataclass is a mapping: each field is a key, a field with a default may be left out. Annotations are str, int, bool,
date, Literal, another dataclass, tuple[…, ...] or any of these with `| None`, refined by `Annotated` with Text, Between
or Many. Nothing is converted by guesswork: 1.1 without quotes is a number, so it is refused where text belongs.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, get_args, get_origin

import yaml

MAX_BYTES = 1_000_000
MAX_DEPTH = 12


class Problem(NamedTuple):
    """One reason why a file is refused; line and column count from 1, path indexes (`domains[0].code`) from 0."""

    line: int
    column: int
    path: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.path + ': ' if self.path else ''}{self.reason}"


class Refused(Exception):
    """The file is refused whole; `problems` lists every reason, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Text(NamedTuple):
    """Text of one line, at most `most` characters, and of this pattern if there is one."""

    most: int
    pattern: str = r".+"
    says: str = "one line of text"


class Between(NamedTuple):
    """A whole number from `least` to `most`."""

    least: int
    most: int


class Many(NamedTuple):
    """A list of `least` to `most` entries, no two alike in the field `unique`."""

    least: int
    most: int
    unique: str | None = None


Record = TypeVar("Record")
Refusals = Iterator[tuple[Any, str, str]]  # (record, field, reason)


def read(content: bytes | str, kind: type[Record], rules: tuple[Callable[[Record], Refusals], ...] = ()) -> Record:
    """The record of dataclass `kind` in `content`, or Refused with every problem.

    Each rule looks at the whole record and yields what is wrong across fields. It also sees records with unreadable
    fields, as None or an empty tuple, so that one run tells as much as possible.
    """
    reading = _Reading()
    root = _compose(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    record: Record = reading.record(root, kind, "")
    if record is not None:
        for rule in rules:
            for culprit, field, reason in rule(record):
                reading.refuse_field(culprit, field, reason)
    if reading.problems:
        raise Refused(reading.problems)
    return record


def digest(record: Any) -> str:
    """SHA-256 (hex) of what a record says, however its file was laid out."""
    return hashlib.sha256(json.dumps(_canonical(record), sort_keys=True).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if is_dataclass(value):  # defaults are left out, so that a later optional key does not change every digest
        pairs = ((f, getattr(value, f.name)) for f in fields(value))
        return {f.name: _canonical(v) for f, v in pairs if v != f.default}
    if isinstance(value, tuple):
        return [_canonical(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


# --- bytes to YAML nodes -----------------------------------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """Composes nodes without aliases and without deep nesting, so that a small file cannot become a large tree."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()
        if event.anchor is not None:  # every alias event carries its anchor's name too
            raise yaml.MarkedYAMLError(problem="anchors and aliases are not accepted", problem_mark=event.start_mark)
        if self.depth == MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _compose(content: bytes) -> yaml.Node:
    """The document's root node; anything that stops the reading here is one problem, since nothing after it is sure."""

    def at(before: str, reason: str) -> Refused:
        return Refused([Problem(before.count("\n") + 1, len(before) - before.rfind("\n"), "", reason)])

    if len(content) > MAX_BYTES:
        raise at("", f"the file has more than {MAX_BYTES:,} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise at(error.object[: error.start].decode(), "not UTF-8 text: save the file as UTF-8") from error
    if control := _Loader.NON_PRINTABLE.search(text):
        raise at(text[: control.start()], f"control character U+{ord(control.group()):04X} in the file")
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # PyYAML lets chr() and int() errors through
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None) or loader.get_mark()
        reason = f"cannot be read as YAML: {getattr(error, 'problem', None) or error}"
        raise Refused([Problem(mark.line + 1, mark.column + 1, "", reason)]) from error
    finally:
        loader.dispose()
    if root is None:
        raise at("", "the file is empty")
    return root


# --- YAML nodes to dataclasses -----------------------------------------------------------------------------------

_SCALARS: dict[type, tuple[str, str, Any, str]] = {
    str: ("str", r"(?s).*", str, "text (in quotes if it looks like a number, a date, yes or no)"),
    int: ("int", r"-?(0|[1-9][0-9]{0,8})", int, "a whole number"),
    bool: ("bool", r"true|false", "true".__eq__, "true or false"),
    date: ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date.fromisoformat, "a date written like 2011-07-01"),
}


class _Reading:
    """One pass over the nodes. What cannot be read becomes a problem, and None (or an empty list) in its record, so
    that the rules can still look at the rest.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.places: dict[int, tuple[Any, yaml.Node, str, dict[str, yaml.Node]]] = {}  # by id(record)

    def refuse(self, node: yaml.Node, path: str, reason: str) -> None:
        mark = node.start_mark
        self.problems.append(Problem(mark.line + 1, mark.column + 1, path, reason))

    def refuse_field(self, record: Any, field: str, reason: str) -> None:
        _, node, path, found = self.places[id(record)]
        self.refuse(found.get(field, node), f"{path}.{field}".lstrip("."), reason)

    def record(self, node: yaml.Node, cls: type, path: str) -> Any:
        if not isinstance(node, yaml.MappingNode) or node.tag != "tag:yaml.org,2002:map":
            return self.refuse(node, path, "must be a mapping of keys to values")
        known = {f.name: f for f in fields(cls)}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name not in known:
                shown = "that is not text" if name is None else repr(name[:40])
                self.refuse(key, path, f"unknown key {shown}; the keys here are {', '.join(known)}")
            elif name in found:
                self.refuse(key, path, f"key {name!r} is here twice; first on line {found[name].start_mark.line + 1}")
            else:
                found[name] = value
        values = {}
        for name, field in known.items():
            if name in found:
                values[name] = self.value(found[name], field.type, f"{path}.{name}".lstrip("."))
            elif field.default is MISSING:
                self.refuse(node, path, f"missing key {name!r}")
                several = get_origin(next(iter(get_args(field.type)), None)) is tuple
                values[name] = () if several else None
        record = cls(**values)
        self.places[id(record)] = (record, node, path, found)
        return record

    def value(self, node: yaml.Node, hint: Any, path: str) -> Any:
        if type(None) in get_args(hint):
            if node.tag == "tag:yaml.org,2002:null":
                return None
            hint = get_args(hint)[0]
        rule: Any = None
        if get_origin(hint) is Annotated:
            hint, rule = get_args(hint)
        if get_origin(hint) is tuple:
            return self.several(node, get_args(hint)[0], rule, path)
        if get_origin(hint) is Literal:
            choices = get_args(hint)
            return self.scalar(node, str, path, lambda v: v in choices, f"one of {', '.join(choices)}")
        if isinstance(hint, type) and is_dataclass(hint):
            return self.record(node, hint, path)
        if isinstance(rule, Text):
            return self.scalar(node, str, path, _fits(rule), f"{rule.says}, at most {rule.most} characters")
        if isinstance(rule, Between):
            says = f"a whole number from {rule.least} to {rule.most}"
            return self.scalar(node, int, path, lambda v: rule.least <= v <= rule.most, says)
        return self.scalar(node, hint, path, lambda v: True, "")

    def several(self, node: yaml.Node, hint: Any, rule: Many, path: str) -> tuple[Any, ...]:
        if not isinstance(node, yaml.SequenceNode) or node.tag != "tag:yaml.org,2002:seq":
            self.refuse(node, path, "must be a list")
            return ()
        if not rule.least <= len(node.value) <= rule.most:
            size = f"{rule.least}" if rule.least == rule.most else f"{rule.least} to {rule.most}"
            self.refuse(node, path, f"must have {size} entries, not {len(node.value)}")
        items = [self.value(item, hint, f"{path}[{index}]") for index, item in enumerate(node.value)]
        seen = set()
        for index, item in enumerate(items):
            key = getattr(item, rule.unique, None) if rule.unique else item if isinstance(item, str) else None
            if key in seen and key is not None:
                twice = f"{rule.unique or 'value'} {key!r} is in this list twice"
                self.refuse(node.value[index], f"{path}[{index}]", twice)
            seen.add(key)
        return tuple(item for item in items if item is not None)

    def scalar(self, node: yaml.Node, kind: type, path: str, fits: Any, says: str) -> Any:
        tag, pattern, convert, must = _SCALARS[kind]
        written = isinstance(node, yaml.ScalarNode) and node.tag == f"tag:yaml.org,2002:{tag}"
        if not written or not re.fullmatch(pattern, node.value):
            return self.refuse(node, path, f"must be {must}")
        try:
            value = convert(node.value)
        except ValueError:  # only dates get here, such as 2011-02-30
            return self.refuse(node, path, "must be a date of the calendar")
        return value if fits(value) else self.refuse(node, path, f"must be {says}")


def _fits(rule: Text) -> Any:
    # isprintable keeps out what YAML escapes can smuggle in: NUL, lone surrogates, direction marks, line breaks.
    return lambda v: (
        len(v) <= rule.most and v.isprintable() and v == v.strip() and re.fullmatch(rule.pattern, v) is not None
    )

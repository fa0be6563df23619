"""JSON schemas from users: looked up in themselves alone, and none may hang the lab."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import inf
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, SchemaError, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend, validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from lib.analysis.patterns import Undecided, found

SCHEMA_S = 1.0
"""How long a schema may take over one answer."""

_OUTSIDE = "the JSON schema refers to something outside of itself"

Rule = Callable[[Any, Any, Any, Any], Iterable[ValidationError] | None]
"""What a keyword means: of a validator, the keyword's value, an instance, and its schema."""


class Schema:
    """A schema ready to be applied, with an end to how long that may take.

    Raises:
        Undecided: if it can't be applied.
    """

    def __init__(self, schema: Mapping[str, object]) -> None:
        self._until = inf
        with _told():
            # Without `$schema`, or a reference to the root would leave the guarded class.
            root = {key: value for key, value in schema.items() if key != "$schema"}
            if _mentions("patternProperties", root):  # matched without a time-out
                raise Undecided("patternProperties is not supported in a JSON schema")
            if _mentions("$schema", root):
                raise Undecided("$schema is supported only at the root of a JSON schema")
            kind: Any = validator_for(dict(schema), default=Draft202012Validator)
            # Without formats: "regex" would try patterns with `re`, which takes other ones.
            kind.check_schema(dict(schema), format_checker=FormatChecker(formats=()))
            # The registry that it would take by itself follows references over the network.
            self._validator = self._guarded(kind)(root, registry=Registry())

    def takes(self, answer: object) -> bool:
        """Whether an answer, as parsed from JSON, fits.

        Raises:
            Undecided: if it can't be said, or not in time.
        """
        self._until = time.monotonic() + SCHEMA_S
        with _told():
            return bool(self._validator.is_valid(answer))

    def _guarded(self, kind: type[Validator]) -> Any:
        """The same validator, that stops in time and can't be left for another one."""
        rules: dict[str, Rule] = {**kind.VALIDATORS, "pattern": _pattern, "uniqueItems": self._once}
        timed = {keyword: self._timed(rule) for keyword, rule in rules.items()}
        guarded: Any = extend(kind, timed)  # type: ignore[no-untyped-call]
        go_on = guarded.evolve

        def evolve(validator: Validator, **changes: Any) -> Validator:
            """How jsonschema goes from a schema to its parts, and along references."""
            self._check_time()
            part = changes.get("schema")
            if isinstance(part, Mapping) and "$schema" in part:  # one that jsonschema ships
                raise Undecided(_OUTSIDE)
            evolved: Validator = go_on(validator, **changes)
            return evolved

        guarded.evolve = evolve
        return guarded

    def _timed(self, rule: Rule) -> Rule:
        def timed(
            validator: Any, value: Any, instance: Any, schema: Any
        ) -> Iterable[ValidationError] | None:
            self._check_time()
            return rule(validator, value, instance, schema)

        return timed

    def _check_time(self) -> None:
        if time.monotonic() > self._until:
            raise Undecided(f"the JSON schema took more than {SCHEMA_S:g} s over one answer")

    def _once(self, _: object, wanted: object, instance: object, __: object) -> Iterator[Any]:
        """JSON Schema's `uniqueItems`; jsonschema's own compares all with all, without an end."""
        if not wanted or not isinstance(instance, list):
            return
        seen: set[object] = set()
        for item in instance:
            self._check_time()
            key = _key(item)
            if key in seen:
                yield ValidationError("has an item twice")
                return
            seen.add(key)


def _pattern(_: object, pattern: str, instance: object, __: object) -> Iterator[ValidationError]:
    """JSON Schema's `pattern`, with a time-out."""
    if isinstance(instance, str) and not found(pattern, instance):
        yield ValidationError("does not match its pattern")


def _key(value: object) -> object:
    """Equal for what is equal in JSON: 1 is 1.0 and not true."""
    if isinstance(value, Mapping):
        return dict, frozenset((name, _key(each)) for name, each in value.items())
    if isinstance(value, list):
        return list, *map(_key, value)
    return (bool, value) if isinstance(value, bool) else value


@contextmanager
def _told() -> Iterator[None]:
    """Say why a schema can't be applied."""
    try:
        yield
    except Undecided:
        raise
    except SchemaError as error:
        raise Undecided("the JSON schema isn't one") from error
    except Unresolvable as error:
        raise Undecided(_OUTSIDE) from error
    except RecursionError as error:
        raise Undecided("the JSON schema, or an answer, is nested too deeply") from error
    except ArithmeticError as error:
        raise Undecided("a number is too large for the JSON schema to be applied") from error
    except Exception as error:  # jsonschema trips over odd schemas in ways that it doesn't name
        raise Undecided("the JSON schema can't be applied") from error


def _mentions(keyword: str, schema: object) -> bool:
    if isinstance(schema, Mapping):
        return keyword in schema or any(_mentions(keyword, value) for value in schema.values())
    return isinstance(schema, list | tuple) and any(_mentions(keyword, value) for value in schema)

"""What went wrong or was changed, said as a code with parameters, so that the interface can say it in any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was changed about a learner's input, for example ``Note("cut_tokens", {"kept": 128, "given": 913})``.

    The sentence for each ``code`` stands in ``assets/locales/notes.yaml`` in every language of the interface.

    Attributes:
        code: what happened, in snake case.
        params: the blanks of its sentence. Not to be changed: notes are shared.
    """

    code: str
    params: Mapping[str, Value] = field(default_factory=dict)  # plain, as notes cross processes

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted(self.params.items()))))


class LearnerError(ValueError):
    """The input cannot be worked on; what to tell the learner is in ``code`` and ``params``, as for a :class:`Note`."""

    def __init__(self, code: str, **params: Value) -> None:
        details = ", ".join(f"{name}={value!r}" for name, value in params.items())
        super().__init__(f"{code}({details})")
        self.code = code
        self.params: dict[str, Value] = params

    def __reduce__(self) -> tuple[object, ...]:  # keeps the parameters when it crosses processes
        return _rebuild, (type(self), self.code, self.params)

    @property
    def note(self) -> Note:
        """The same message as a note."""
        return Note(self.code, dict(self.params))


def _rebuild(kind: type[LearnerError], code: str, params: dict[str, Value]) -> LearnerError:
    return kind(code, **params)

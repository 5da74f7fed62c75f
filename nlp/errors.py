"""Exceptions of the package.

    AufgabenchatError
    ├── DataError     a record or file of ours or the user's is wrong; carries where and what to do
    └── ModelError    a model file is missing, damaged or of another version
"""

from __future__ import annotations

__all__ = ["OWN", "AufgabenchatError", "DataError", "ModelError"]

OWN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a thread may cause that nobody thought of; one thread must not end a run of millions."""


class AufgabenchatError(Exception):
    """Base of all errors this package raises on purpose. The text is German and meant for users."""


class DataError(AufgabenchatError):
    """Something in the data is wrong.

    :param text: What is wrong.
    :param where: File, line, message: ``chats.jsonl:12 · m3``.
    :param remedy: What to do about it.
    """

    def __init__(self, text: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(text)
        self.text, self.where, self.remedy = text, where, remedy

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.where}:" if self.where else "", self.text, self.remedy) if part)


class ModelError(AufgabenchatError):
    """A model cannot be used: missing, tampered with, or made for another version."""

"""The handbook, one rule a file. A file that is added here is in force; nothing else has to know of it."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import cast

from nlp.rule import Rule

RULES: tuple[Rule, ...] = tuple(cast("Rule", import_module(f"{__name__}.{module.name}")) for module in pkgutil.iter_modules(__path__))

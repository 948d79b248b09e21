"""What a program is told of something whose shape the API's document does not allow, in the language it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WHOLE, NUMBER, AMOUNT = (
    gettext_lazy("A whole number is expected."),
    gettext_lazy("A number is expected."),
    gettext_lazy("An amount is a text such as “1250.5”, with at most four decimals."),
)
DAY, TRUTH = gettext_lazy("A day is written as 2024-06-30."), gettext_lazy("Either true or false is expected.")
SENTENCES: Mapping[str, Any] = {
    "missing": gettext_lazy("It is missing."),
    "extra_forbidden": gettext_lazy("It is not asked for here. Leave it out."),
    "string_type": gettext_lazy("A text is expected."),
    "string_too_short": gettext_lazy("Fewest characters: {min_length}."),
    "string_too_long": gettext_lazy("Most characters: {max_length}."),
    "string_pattern_mismatch": gettext_lazy("It has not the form {pattern}."),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), TRUTH),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "value_error"), DAY),
    **dict.fromkeys(("decimal_type", "decimal_parsing", "is_instance_of"), AMOUNT),
    "greater_than_equal": gettext_lazy("The least is {ge}."),
    "greater_than": gettext_lazy("It must be more than {gt}."),
    "less_than_equal": gettext_lazy("The most is {le}."),
    "literal_error": gettext_lazy("One of these is expected: {expected}."),
    "list_type": gettext_lazy("A list is expected."),
    "too_short": gettext_lazy("Fewest entries: {min_length}."),
    "too_long": gettext_lazy("Most entries: {max_length}."),
    **dict.fromkeys(("model_attributes_type", "model_type", "dict_type"), gettext_lazy("An object is expected.")),
}
"""By the type of the library's error; what a sentence names is in the error's context."""


def sentence(error: Mapping[str, Any]) -> str:
    """Return what is wrong, and what is expected instead."""
    told = SENTENCES.get(error["type"])
    context = {name: str(value).replace(" or ", ", ") for name, value in error.get("ctx", {}).items()}
    return str(told).format(**context) if told else _("It has not the shape that /api/openapi.json says.")

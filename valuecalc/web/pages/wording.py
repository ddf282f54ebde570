"""What templates may ask about a figure or a text."""

from __future__ import annotations

import re
from datetime import date, datetime

from flask import Flask
from markupsafe import Markup, escape

from valuecalc.engine.result import Figure
from valuecalc.formula import quantity


def install(app: Flask) -> None:
    """Give templates these tests and filters."""
    app.jinja_env.tests["negative"] = is_negative
    app.jinja_env.tests["web_address"] = is_web_address
    app.jinja_env.filters["bare_number"] = bare_number
    app.jinja_env.filters["with_code"] = with_code
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["moment"] = moment
    app.jinja_env.filters["amount"] = amount
    app.jinja_env.filters["unbroken"] = unbroken


def is_negative(figure: Figure) -> bool:
    """Whether the figure is shown in the colour of losses; what reads as zero is not."""
    return figure.text.startswith("\u2212")


def bare_number(figure: Figure) -> str:
    """The figure without the nouns of its unit, for a table with a column for them."""
    return "–" if figure.value is None else quantity.show(figure.value, figure.unit)


def is_web_address(text: str) -> bool:
    """Whether a text may become a link: one with another scheme could run a script."""
    return text.lower().startswith(("https://", "http://"))


def amount(value: float | None, unit: str, sign: bool = False) -> str:
    """A number of a unit for people; a dash for none."""
    if value is None:
        return quantity.UNDEFINED
    # A difference of sums is no price: what is less than a penny says nothing.
    is_difference = sign and unit == quantity.currency_of(unit)
    return quantity.show(round(value, 2) if is_difference else value, unit, sign=sign)


def unbroken(text: str) -> str:
    """A sentence whose amounts stay on one line: browsers would break after `−` and `±`."""
    return re.sub(r"(?<=[\u2212±])(?=\S)", "\u2060", text)


def day(value: date | str) -> Markup:
    """A day for people, with the exact one for programs.

    A text is a day as a document has it; in a draft it may be none, and stays as it is.
    """
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return escape(value)
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), f"{value:%-d %b %Y}")


def moment(value: datetime) -> Markup:
    """A moment for people, with the exact one for programs; in UTC, as servers keep it."""
    text = f"{value:%-d %B %Y, %H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), text)


def with_code(text: str) -> Markup:
    """A docstring as HTML: what stands between backticks is code."""
    # Escaped first, so that only the tags put in here are markup.
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704

"""Whether PDF files can be made here, for pages that offer them."""

from __future__ import annotations

from flask import Flask

from valuecalc.config import Settings
from valuecalc.services import office_program


def install(app: Flask, settings: Settings) -> None:
    """Take LibreOffice from where the settings say; templates may ask whether it is there."""
    office_program.use(settings.office)
    app.jinja_env.globals["makes_pdf"] = office_program.is_there

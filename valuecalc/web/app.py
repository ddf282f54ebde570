"""The web application: a table of contents of what it is made of."""

from __future__ import annotations

from flask import Flask
from jinja2 import StrictUndefined

from valuecalc.config import Settings
from valuecalc.resources import templates_folder
from valuecalc.web import api, compression, errors, health, security, static_files
from valuecalc.web.pages import calculate, case, help, library, theme, wording


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Without `settings`, they are read from the environment."""
    settings = settings or Settings.from_environment()
    app = Flask(
        "valuecalc",
        static_folder=None,
        template_folder=templates_folder() / "pages",
    )
    limit_requests(app, settings)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    compression.install(app)
    security.install(app)
    static_files.install(app)
    errors.install(app)
    theme.install(app)
    wording.install(app)
    api.install(app)

    app.register_blueprint(library.blueprint)
    app.register_blueprint(case.blueprint)
    app.register_blueprint(calculate.blueprint)
    app.register_blueprint(help.blueprint)
    app.register_blueprint(health.blueprint)
    return app


def limit_requests(app: Flask, settings: Settings) -> None:
    """Refuse what is too large before it is read."""
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.max_body_bytes
    app.config["MAX_FORM_PARTS"] = 20

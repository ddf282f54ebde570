"""The web application: a table of contents of what it is made of."""

from __future__ import annotations

from flask import Flask
from jinja2 import StrictUndefined

from valuecalc.config import Settings
from valuecalc.resources import templates_folder
from valuecalc.web import (
    api,
    compression,
    csrf,
    errors,
    health,
    identity,
    limits,
    links,
    logs,
    metrics,
    printing,
    security,
    single_sign_on,
    static_files,
    storage,
)
from valuecalc.web.pages import (
    account,
    calculate,
    case,
    case_insights,
    cases,
    comments,
    editor,
    help,
    invitation,
    library,
    numbers,
    portfolio,
    proposal_form,
    publishing,
    references,
    saved_case,
    saved_insights,
    setup,
    shared,
    shared_insights,
    shares,
    sign_in,
    starting,
    starting_blank,
    starting_from_file,
    taking_in,
    team,
    theme,
    versions,
    word,
    wording,
    workbooks,
)
from valuecalc.web.pages.editor import deciding, files, remarks, sharing, workshop
from valuecalc.web.pages.editor import help as editor_help
from valuecalc.web.pages.editor import plan as editor_plan
from valuecalc.web.pages.editor import plan_file as editor_plan_file

PARTS = (
    *(library, case, case_insights, calculate),
    *(cases, saved_case, saved_insights, numbers, versions, comments, taking_in, word, workbooks),
    proposal_form,
    *(editor, deciding, editor_help, editor_plan, editor_plan_file),
    *(files, remarks, sharing, workshop),
    portfolio,
    *(starting, starting_blank, starting_from_file, publishing, references),
    *(shares, shared, shared_insights),
    *(setup, sign_in, invitation, account, team),
    *(help, health),
)
"""What has addresses: straw-men, kept cases, many together, starting and publishing, customers,
people, others."""


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Without `settings`, they are read from the environment."""
    settings = settings or Settings.from_environment()
    app = Flask(
        "valuecalc",
        static_folder=None,
        template_folder=templates_folder() / "pages",
    )
    logs.install(app, settings)
    metrics.install(app, settings)
    storage.install(app, settings)
    limits.limit_bodies(app, settings)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    compression.install(app)
    security.install(app, settings)
    static_files.install(app)
    errors.install(app)
    theme.install(app)
    wording.install(app)
    printing.install(app, settings)
    links.install(app, settings)
    # Requests with a wrong token count as well, so the counting comes before the asking who.
    limits.install(app, settings)
    identity.install(app, settings)
    csrf.install(app)
    single_sign_on.install(app, settings)
    api.install(app)
    for part in PARTS:
        app.register_blueprint(part.blueprint)
    return app

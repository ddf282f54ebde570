"""The application for a WSGI server: `gunicorn wsgi:app`."""

from valuecalc.loading import quickly

with quickly():
    from valuecalc.config import Settings
    from valuecalc.services import operation
    from valuecalc.web.app import create_app

    settings = Settings.from_environment()
    operation.prepare(settings)
    app = create_app(settings)

"""The application for a WSGI server: `gunicorn wsgi:app`."""

from valuecalc.web.app import create_app

app = create_app()

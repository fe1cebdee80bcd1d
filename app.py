"""The WSGI application: `flask --app app …` and `gunicorn app:app` start here."""

from engage import create_app

app = create_app()

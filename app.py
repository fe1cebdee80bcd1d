"""The WSGI application: `flask --app app …` and `python -m engage.server` start here."""

from engage import create_app

app = create_app()

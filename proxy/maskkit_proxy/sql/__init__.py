"""A case database without an API: a small JSON API over SQLAlchemy Core, nothing in it that is not listed."""

"""The steps that bring a database to the shape that this version needs."""

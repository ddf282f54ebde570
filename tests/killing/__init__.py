"""Kills the service at random while people save, and looks for what is missing."""

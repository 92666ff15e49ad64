"""Launching a campaign of a hundred thousand customers, and killing the workers while they do it."""

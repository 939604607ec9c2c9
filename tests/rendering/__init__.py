"""What `tests.render_public` is made of.

Nothing here imports a module of the project, so that the same tool runs before and after modules move:
the settings, the URLconf, models by their label, management commands and HTTP are all it knows.
"""

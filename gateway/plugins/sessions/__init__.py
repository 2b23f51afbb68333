"""Sessions at a service that no client sees: the plug-in `session` and its pool."""

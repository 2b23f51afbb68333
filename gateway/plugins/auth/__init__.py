"""Who is calling: plug-ins that turn credentials into an identity."""

"""Locks as HTTP: the plug-in `locks`, its model of a conflict, tokens, turns and leases."""

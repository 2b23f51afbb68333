"""Shared state: one port (`gateway.core.ports.Store`), its homes one a file."""

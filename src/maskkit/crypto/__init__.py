"""Ciphers over whole columns."""

"""Keysets: versioned keys, derived per tenant, entity and use."""

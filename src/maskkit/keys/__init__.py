"""Keysets: versioned keys, derived per tenant, entity and use; and the sealed file that holds them."""

"""Finding personal data: rules over runs of digits and letters, addresses, names."""

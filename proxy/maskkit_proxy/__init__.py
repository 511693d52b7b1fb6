"""The masking proxy: what an agency sees of a case database leaves through here, and nothing else does."""

"""Person names by a linear model over characters, their classes and words."""

"""How the name models are made and measured."""

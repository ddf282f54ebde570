"""How a case travels: from earlier customers to a new one, and back into the library."""

"""How sure a case is: draws of its assumptions, what comes of them, and what to find out next."""

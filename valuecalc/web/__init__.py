"""The pages and the API: HTTP comes in, the verbs of `valuecalc.services` do the work."""

"""The verbs: what can be done with a case, for the pages, the API and the command line."""

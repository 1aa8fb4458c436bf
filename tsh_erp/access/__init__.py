"""Who may come in by the API, and what each may do there: tokens, scopes, throttles, refusals, roles."""

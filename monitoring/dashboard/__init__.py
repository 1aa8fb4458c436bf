"""The home page's own figures, as plain values: four answers, open alerts, the flow of webhooks, and charts."""

"""The audit trail: who changed what of the configuration, or decided what, when, from where and by which door."""

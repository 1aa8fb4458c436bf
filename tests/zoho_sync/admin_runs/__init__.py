"""Runs in the admin: a GET shows or asks, only a POST by somebody who may starts or decides anything."""

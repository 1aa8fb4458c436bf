"""The integrity desk: checks that look over the catalogue and say what is wrong in words.

A check is one small class in a module of this folder (`base.py` says what it has to tell) and is found by itself.
"""

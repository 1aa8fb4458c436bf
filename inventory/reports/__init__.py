"""What staff ask for every week: each report says what it answers, how it reckons, and what it could not count.

base.py draws a report up, known/ holds one module for each, parameters.py is what can be asked of it, kept.py computes
large ones in the queue and keeps them for a while. Pages and the API are doors to `services.py`.
"""

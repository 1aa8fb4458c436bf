def runs(view):
    return view


changes = failures = calls = runs

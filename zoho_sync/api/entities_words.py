def entities(view):
    return view


connection = events = entities

def deliveries(view):
    return view

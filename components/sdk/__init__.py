"""What component authors build on: a component is a class, the sdk is everything around it."""
